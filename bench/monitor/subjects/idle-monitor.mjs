/**
 * A monitor as it comes, while nothing happens: idle-monitor.mjs DOORBELL
 *
 * For each line with a number of seconds it answers with what so many of them cost: `cpuUs` and `ms`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PortMonitor } from '@portolan/monitor';
import { answerLines } from './answer-lines.mjs';

const monitor = new PortMonitor({ doorbell: process.argv[2] });
await monitor.start();

await answerLines(async (seconds) => {
  const start = performance.now();
  const before = process.cpuUsage();
  await sleep(1000 * Number(seconds));
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: user + system, ms: performance.now() - start };
});
