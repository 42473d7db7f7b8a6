/** A monitor as it comes, while nothing happens, for as many seconds as a line says: idle-monitor.mjs DOORBELL */
import { setTimeout as sleep } from 'node:timers/promises';
import { PortMonitor } from '@portolan/monitor';
import { answerLines } from './answer-lines.mjs';

const monitor = new PortMonitor({ doorbell: process.argv[2] });
await monitor.start();

await answerLines(async (seconds) => {
  await sleep(1000 * Number(seconds));
  return {};
});
