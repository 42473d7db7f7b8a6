/**
 * A monitor of which a scripted source tells that a thousand listeners open, or close, with each look, and a reader
 * of its events, as `portolan watch` is. Run with --expose-gc.
 *
 * For each line with a number of events it answers, when they were read, with its memory after a collection.
 */
import { PortMonitor } from '@portolan/monitor';
import { NetlinkSource } from '../../../packages/monitor/dist/sources/netlink/netlink-source.js';
import { answerLines } from './answer-lines.mjs';

const LISTENERS = 1000;
const FIRST_PORT = 10_000;

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
  const socket = { inode: inode++, uid: 0, backlog: 0, backlogLimit: 511, cgroup: null, holder: null };
  return {
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
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  return { rssKib: rss / 1024, heapKib: heapUsed / 1024 };
});
