/**
 * Prints how many bytes are held for readers of events who stand still, by their number. Each event is of a listener, a socket
 * and a process that no other event has. Run with --expose-gc.
 */
import { setImmediate } from 'node:timers/promises';
import { EventOutlet } from '../../../dist/port-monitor/reporting/event-outlet.js';

const EVENTS = 200_000;
const STARTED_AT = new Date();

function listenerOf(number) {
  const socket = {
    inode: number,
    uid: 0,
    interface: null,
    v6Only: null,
    backlog: 0,
    backlogLimit: 511,
    cgroup: null,
    unit: null,
    container: null,
    pids: [number],
    holder: 'process',
  };
  const process = {
    pid: number,
    namespacePid: number,
    parentPid: 1,
    name: 'node',
    commandLine: ['node', `server-${number}.js`],
    executable: '/usr/bin/node',
    uid: 0,
    user: 'root',
    startedAt: STARTED_AT,
    startTicks: number,
    workingDirectory: '/',
    container: null,
    unit: null,
    cgroup: null,
    leadsTo: null,
    owners: [],
  };
  return {
    place: 'self',
    protocol: 'tcp',
    family: 4,
    address: '127.0.0.1',
    port: number % 65_536,
    ephemeral: false,
    sockets: [socket],
    processes: [process],
    owners: [],
  };
}

async function heldFor(readers) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const outlet = new EventOutlet(1);
  const streams = Array.from({ length: readers }, () => outlet.stream());
  for (let i = 0; i < EVENTS; i++) {
    outlet.publish({ type: 'opened', listener: listenerOf(i), place: 'self' });
    if (i % 100 === 0) await setImmediate();
  }
  await setImmediate();
  globalThis.gc();
  const held = process.memoryUsage().heapUsed - before;
  for (const stream of streams) void stream.return();
  return held;
}

console.log(JSON.stringify({ 1: await heldFor(1), 50: await heldFor(50) }));
