/**
 * The ports view of a terminal application: a shell for each terminal, and below each the ports of what was started in it.
 *
 *     node examples/terminals.ts 'vite' 'python3 -m http.server'
 *
 * (Node 22.18 and newer run TypeScript as it is.)
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { type Listener, PortMonitor } from '@portolan/monitor';

/** A terminal: what runs in it, and the name that its ports are known by. */
interface Terminal {
  readonly name: string;
  readonly shell: ChildProcess;
}

function openTerminal(monitor: PortMonitor, command: string, index: number): Terminal {
  const name = `terminal ${index + 1}`;
  // What detaches itself keeps its environment. Where forks can't be followed, it is found by that.
  monitor.own({ name, environment: `TERMINAL_ID=${process.pid}.${index}` });
  const shell = spawn('/bin/sh', ['-c', command], {
    env: { ...process.env, TERMINAL_ID: `${process.pid}.${index}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (shell.pid !== undefined) monitor.own({ name, pid: shell.pid });
  return { name, shell };
}

function describe({ protocol, port, processes }: Listener): string {
  const [process] = processes ?? [];
  return `${protocol} ${port}${process === undefined ? '' : ` ${process.name} (pid ${process.pid})`}`;
}

async function showPorts(monitor: PortMonitor, { name }: Terminal): Promise<void> {
  for await (const event of monitor.events({ owner: name, initial: true })) {
    if (event.type !== 'opened' && event.type !== 'closed' && event.type !== 'changed') continue;
    const open = monitor.listeners({ owner: name }).filter(({ ephemeral }) => !ephemeral);
    console.log(`${name}: ${open.map(describe).join(', ') || 'no ports'}`);
  }
}

const monitor = new PortMonitor();
await monitor.start();
const terminals = process.argv.slice(2).map((command, index) => openTerminal(monitor, command, index));
const views = terminals.map((terminal) => showPorts(monitor, terminal));
process.once('SIGINT', () => {
  for (const { shell } of terminals) shell.kill('SIGHUP');
});
await Promise.all(terminals.map(({ shell }) => new Promise((ended) => shell.once('exit', ended))));
await monitor.refresh();
await monitor.stop();
await Promise.all(views);
