/**
 * A monitor of all network namespaces.
 *
 * Answers `watch` and `watch quietly`, where it looks only when it is told; `refresh N` with `microseconds`, how long each
 * look at all places took without finding them, with `findMicroseconds` and with `sockets`; `list N` with `microseconds` of
 * so many looks from nothing; `find cost` with `cpuUs`, what finding what is there took since `watch`, and `ms`.
 */
import { listListeners, PortMonitor } from '@portolan/monitor';
import { AllNamespaces } from '../../../packages/monitor/dist/places/all-namespaces.js';
import { answerLines } from '../../monitor/subjects/answer-lines.mjs';

let foundInUs = 0;
let findCpuUs = 0;
let watchedSince = 0;
const find = AllNamespaces.prototype.find;
AllNamespaces.prototype.find = async function (signal) {
  const start = performance.now();
  const before = process.cpuUsage();
  const sites = await find.call(this, signal);
  findCpuUs += cpuUsSince(before);
  foundInUs = 1000 * (performance.now() - start);
  return sites;
};

let monitor;
const actions = {
  async watch(how) {
    monitor = new PortMonitor({
      in: 'all',
      ...(how === 'quietly' && { processes: false, intervalMs: 1e6, doorbell: 'clock' }),
    });
    await monitor.start();
    watchedSince = performance.now();
    findCpuUs = 0;
    return {};
  },
  async refresh(count) {
    const microseconds = [];
    const findMicroseconds = [];
    for (let i = 0; i < Number(count); i++) {
      const start = performance.now();
      await monitor.refresh();
      microseconds.push(1000 * (performance.now() - start) - foundInUs);
      findMicroseconds.push(foundInUs);
    }
    return { microseconds, findMicroseconds, sockets: socketsOf(monitor.listeners()) };
  },
  async list(count) {
    const microseconds = [];
    let snapshot;
    for (let i = 0; i < Number(count); i++) {
      snapshot = await listListeners({ in: 'all', processes: false });
      microseconds.push(1000 * snapshot.durationMs);
    }
    return { microseconds, sockets: socketsOf(snapshot.listeners) };
  },
  async find() {
    return { cpuUs: findCpuUs, ms: performance.now() - watchedSince };
  },
};

function cpuUsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function socketsOf(listeners) {
  return listeners
    .filter(({ place }) => place !== 'self')
    .reduce((sum, { sockets }) => sum + sockets.length, 0);
}

await answerLines((line) => {
  const [verb, argument] = line.split(' ');
  return actions[verb](argument);
});
