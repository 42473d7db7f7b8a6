/**
 * A monitor as it comes, while nothing happens: idle-monitor.mjs DOORBELL
 *
 * For each line with a number of seconds it answers with what so many of them cost: `cpuUs`, `looks` and `ms`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PortMonitor } from '@portolan/monitor';
import { NetlinkSource } from '../../../packages/monitor/dist/sources/netlink/netlink-source.js';
import { answerLines } from './answer-lines.mjs';

let looks = 0;
const { look } = NetlinkSource.prototype;
NetlinkSource.prototype.look = function counted() {
  looks++;
  return look.call(this);
};

const monitor = new PortMonitor({ doorbell: process.argv[2] });
await monitor.start();

await answerLines(async (seconds) => {
  const start = performance.now();
  const before = process.cpuUsage();
  looks = 0;
  await sleep(1000 * Number(seconds));
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: user + system, looks, ms: performance.now() - start };
});
