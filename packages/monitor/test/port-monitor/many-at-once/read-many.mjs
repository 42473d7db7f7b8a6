/**
 * Watches with the built library how many listeners open at once and close at once, in the namespaces that it is started in, and
 * prints as JSON what a reader of the events was told.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PortMonitor } from '@portolan/monitor';

const { doorbell, listeners } = JSON.parse(process.argv[2]);
const script = new URL('many-listeners.py', import.meta.url).pathname;
const child = spawn('/usr/bin/env', ['python3', script, '10000', String(listeners)], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
await lines.next();

const monitor = new PortMonitor({ doorbell });
await monitor.start();
const told = { opened: 0, closed: 0, missed: 0, outOfOrder: 0 };
const open = new Set();
let sequence = 0;
const reading = (async () => {
  for await (const event of monitor.events()) {
    if (event.sequence !== ++sequence) told.outOfOrder++;
    if (event.type === 'missed') told.missed += event.count;
    if (event.type === 'opened' || event.type === 'closed') told[event.type]++;
    if (event.type === 'opened' && open.has(event.listener.port)) told.outOfOrder++;
    if (event.type === 'opened') open.add(event.listener.port);
    if (event.type === 'closed' && !open.delete(event.listener.port)) told.outOfOrder++;
    if (event.type === 'changed' && !open.has(event.listener.port)) told.outOfOrder++;
  }
})();
for (const order of ['open', 'close']) {
  child.stdin.write(`${order}\n`);
  await lines.next();
  await monitor.refresh();
}
await monitor.stop();
await reading;
child.stdin.end();
console.log(JSON.stringify(told));
