/**
 * A monitor that tells whose a port is: owning-monitor.mjs DOORBELL PID,PID,…
 *
 * Answers `start`; `told` with the ports that it knew the owner of, and when; `cost SECONDS` with `cpuUs` and `ms`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PortMonitor } from '@portolan/monitor';
import { answerLines } from '../../monitor/subjects/answer-lines.mjs';

const [doorbell, pids = ''] = process.argv.slice(2);
const told = [];
const monitor = new PortMonitor({ doorbell });
const note = ({ listener: { port, owners } }) => {
  if (owners.length > 0) told.push([port, Number(process.hrtime.bigint()), owners.join()]);
};
monitor.on('opened', note).on('changed', note);

await answerLines(async (line) => {
  if (line === 'start') {
    await monitor.start();
    for (const pid of pids.split(',').filter(Boolean)) monitor.own({ name: pid, pid: Number(pid) });
    return {};
  }
  if (line === 'told') return { told: told.splice(0) };
  const start = performance.now();
  const before = process.cpuUsage();
  await sleep(1000 * Number(line.split(' ')[1]));
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: user + system, ms: performance.now() - start };
});
