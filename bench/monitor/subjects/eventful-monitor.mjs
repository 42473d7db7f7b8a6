/**
 * A monitor of which a scripted source tells that a thousand listeners open, or close, with each look, and a reader
 * of its events, as `portolan watch` is. Run with --expose-gc.
 *
 * For each line with a number of events it answers, when they were read, with the memory that it needs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PortMonitor } from '@portolan/monitor';
import { NetlinkSource } from '../../../packages/monitor/dist/sources/netlink/netlink-source.js';
import { answerLines } from './answer-lines.mjs';

const LISTENERS = 1000;
const FIRST_PORT = 10_000;

/** V8 gives back the pages that a collection emptied in its own threads, and some only with the next collection. */
const PAUSE_MS = 100;
/** So many collections in a row must give nothing back. */
const FUTILE_COLLECTIONS = 5;

let answer = { listeners: [], skipped: 0 };
let inode = 1;
NetlinkSource.prototype.look = () => answer;

function toggle() {
  const listeners =
    answer.listeners.length > 0
      ? []
      : Array.from({ length: LISTENERS }, (_, i) => listenerAt(FIRST_PORT + i));
  answer = { listeners, skipped: 0 };
}

/** Not one inode comes twice, and so nothing that was kept of it is used again. */
function listenerAt(port) {
  const socket = {
    inode: inode++,
    uid: 0,
    backlog: 0,
    backlogLimit: 511,
    cgroup: null,
    pids: null,
    holder: null,
  };
  return {
    place: 'self',
    protocol: 'tcp',
    family: 4,
    address: '127.0.0.1',
    port,
    interface: null,
    v6Only: null,
    sockets: [socket],
    ephemeral: false,
    processes: null,
    owners: [],
  };
}

const monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 1_000_000 });
await monitor.start();
const events = monitor.events();

await answerLines(async (line) => {
  for (let left = Number(line); left > 0; left -= LISTENERS) {
    toggle();
    await monitor.refresh();
    for (let read = 0; read < LISTENERS; read++) {
      const { value } = await events.next();
      if (value.type === 'missed') throw new Error('events were missed');
    }
  }
  return neededMemory();
});

/** After as many collections as make it smaller: what is in use can't get lost by that. */
async function neededMemory() {
  let least = process.memoryUsage();
  for (let futile = 0; futile < FUTILE_COLLECTIONS; futile++) {
    globalThis.gc();
    await sleep(PAUSE_MS);
    const now = process.memoryUsage();
    if (now.rss >= least.rss) continue;
    least = now;
    futile = -1;
  }
  return { rssKib: least.rss / 1024, heapKib: least.heapUsed / 1024 };
}
