import { fileURLToPath } from 'node:url';
import { Contestant } from '../contestant.mjs';

/**
 * Those who watch. Those who are measured together see the same openings.
 *
 * @typedef {object} Watcher
 * @property {string} name
 * @property {string} title its row in the table
 * @property {readonly string[]} command one of subjects/ that is asked `start` and then `told`
 */

/**
 * How long it took from the return of listen() or close() until it was told, in milliseconds.
 *
 * @typedef {object} Delays
 * @property {number} count
 * @property {number} medianMs
 * @property {number} p99Ms
 * @property {number} maxMs
 */

/**
 * @typedef {object} Latency
 * @property {string} name
 * @property {Delays} [opened]
 * @property {Delays} [closed]
 * @property {string} [failure]
 */

const OPENINGS = fileURLToPath(new URL('../../build/bench-openings', import.meta.url));
const MONITOR = fileURLToPath(new URL('subjects/monitor.mjs', import.meta.url));
const POLLING = fileURLToPath(new URL('subjects/polling.mjs', import.meta.url));

const monitor = (doorbell) => ({
  name: doorbell,
  title: `**Portolan**, doorbell \`${doorbell}\``,
  command: [process.execPath, MONITOR, doorbell],
});
const polling = (name, title) => ({ name, title, command: [process.execPath, POLLING, name] });

/** @type {readonly Watcher[]} */
const DOORBELLS = [monitor('tracefs'), monitor('destroy'), monitor('clock')];
/** @type {readonly Watcher[]} */
const POLLERS = [
  polling('ss', '`ss -lntu`, spawned every second'),
  polling('systeminformation', 'systeminformation `networkConnections()`, every second'),
];

export const WATCHERS = [...DOORBELLS, ...POLLERS];

/**
 * The gaps between openings are no multiple of an interval, and so meet it at every phase. So many rounds that the slowest
 * hundredth is more than two of them.
 */
const DOORBELL_SCHEDULE = { rounds: 27, leastMs: 1, mostMs: 49, pauseMs: 250 };
/** Whoever looks once a second needs to be waited for. */
const POLLER_SCHEDULE = { rounds: 3, leastMs: 10, mostMs: 150, pauseMs: 1400 };

/** @returns {Promise<Latency[]>} */
export async function measureLatencies() {
  const latencies = [];
  for (const doorbell of DOORBELLS) latencies.push(...(await measure([doorbell], DOORBELL_SCHEDULE)));
  latencies.push(...(await measure(POLLERS, POLLER_SCHEDULE)));
  return latencies;
}

async function measure(watchers, { rounds, leastMs, mostMs, pauseMs }) {
  const runners = watchers.map(({ command }) => new Contestant(command));
  const opener = new Contestant([OPENINGS, String(leastMs), String(mostMs), String(pauseMs)]);
  try {
    const failures = await Promise.all(
      runners.map((runner) => runner.ask('start').then(() => undefined, reason)),
    );
    // What is compiled at the first openings is not measured, as little as the start.
    await opener.ask(1);
    await Promise.all(runners.map((runner, i) => failures[i] ?? runner.ask('told')));
    const truth = await opener.ask(rounds);
    return await Promise.all(
      watchers.map(async ({ name }, i) => {
        if (failures[i] !== undefined) return { name, failure: failures[i] };
        const told = await runners[i].ask('told').catch(reason);
        return typeof told === 'string' ? { name, failure: told } : compare(name, truth, told);
      }),
    );
  } finally {
    await Promise.all([opener, ...runners].map((each) => each.stop()));
  }
}

function compare(name, truth, told) {
  const opened = delays(truth.opened, told.opened);
  const closed = delays(truth.closed, told.closed);
  const missed = truth.opened.length + truth.closed.length - opened.count - closed.count;
  return missed === 0 ? { name, opened, closed } : { name, failure: `was not told of ${missed} events` };
}

/** Of times by port, those when it happened and those when it was told. */
function delays(happened, told) {
  const toldNs = new Map(told);
  const sorted = happened
    .filter(([port]) => toldNs.has(port))
    .map(([port, ns]) => (toldNs.get(port) - ns) / 1e6)
    .sort((a, b) => a - b);
  const quantile = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { count: sorted.length, medianMs: quantile(0.5), p99Ms: quantile(0.99), maxMs: sorted.at(-1) };
}

function reason(error) {
  return error.message;
}
