/**
 * Watches a storm of listeners with the built library, in the namespaces that it is started in, and prints what was
 * there and what was told, as JSON.
 */
import { spawn } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { PortMonitor } from '@portolan/monitor';

const { doorbell, processes, listeners, ports, seconds, connections } = JSON.parse(process.argv[2]);
const python = (script, ...args) => {
  const path = new URL(script, import.meta.url).pathname;
  const child = spawn('/usr/bin/env', ['python3', path, ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return { child, lines: text(child.stdout).then((all) => all.trim().split('\n')) };
};

const monitor = new PortMonitor({ doorbell, processes: false });
await monitor.start();
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
const told = [];
for (const type of ['opened', 'closed', 'changed', 'error', 'source']) {
  monitor.on(type, ({ listener, transient = false, openMs, error }) => {
    told.push({ type, port: listener?.port, transient, openMs, error: error?.message });
  });
}
const crowd = connections > 0 ? python('connections.py', connections) : undefined;
const storm = Array.from({ length: processes }, (_, i) => {
  return python('storm.py', 10_000 + i * ports, ports, listeners / processes, i + 1, seconds);
});
const accounts = await Promise.all(storm.map(({ lines }) => lines));
const [made = 0] = (await crowd?.lines) ?? [];
await monitor.refresh();
const left = monitor.listeners().length;
await monitor.stop();
for (const { child } of storm) child.stdin.end();
const records = accounts.flat().map((line) => line.split(' ').map(Number));
const delayMs = delay.max / 1e6;
console.log(JSON.stringify({ records, told, left, delayMs, connections: Number(made) }));
