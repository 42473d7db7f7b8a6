/**
 * A monitor that tells whose a port is: owning-monitor.mjs DOORBELL PID,PID,…
 *
 * Answers `start`; `told` with the ports that it knew the owner of, and when.
 */
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
  return { told: told.splice(0) };
});
