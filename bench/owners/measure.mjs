import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Contestant } from '../contestant.mjs';

/**
 * Whose port is it: how soon it is known, and what it costs to know it while nothing happens.
 *
 * @typedef {object} OwnersResult
 * @property {string} name
 * @property {number} [medianMs] from the return of listen() until the owner was known; of a dialler, until the port was
 * @property {number} [maxMs]
 * @property {number} [cpuShare] of a core
 * @property {string} [failure]
 */

const TERMINALS = fileURLToPath(new URL('terminals.py', import.meta.url));
const MONITOR = fileURLToPath(new URL('subjects/owning-monitor.mjs', import.meta.url));
const SCANNER = fileURLToPath(new URL('subjects/scanner.mjs', import.meta.url));

const TERMINAL_COUNT = 50;
const PROCESSES_A_TERMINAL = 20;
const FIRST_PORT = 3000;
const COST_SECONDS = 20;

const monitor = (name, doorbell, title, { terminals = TERMINAL_COUNT, openings = 100 } = {}) => ({
  name,
  title,
  command: (pids) => [process.execPath, MONITOR, doorbell, pids.slice(0, terminals).join(',')],
  openings,
  gapMs: [5, 150],
  cost: (runner) => runner.medianCost(COST_SECONDS),
});
const scanner = (way, title) => ({
  name: way,
  title,
  command: (pids) => [process.execPath, SCANNER, way, pids.join(',')],
  openings: 10,
  gapMs: [700, 2300],
  // With what it starts, of which only it is told.
  cost: (runner) => runner.ask(`cost ${COST_SECONDS}`),
});

/** The rows of the table. */
export const CONTENDERS = [
  monitor('tracefs', 'tracefs', '**Portolan**, 50 terminals owned, doorbell `tracefs`'),
  monitor('clock', 'clock', '**Portolan**, 50 terminals owned, doorbell `clock`'),
  monitor('none', 'clock', '**Portolan**, none owned, doorbell `clock`', { terminals: 0, openings: 0 }),
  scanner('ps-ss', '`ps` and `ss -p` every 2.5 s'),
  scanner('ps-lsof', '`ps` and `lsof` every 2.5 s'),
  scanner('dial', 'dialling 7,000 ports every second (tells no owner)'),
];

/** @returns {Promise<OwnersResult[]>} */
export async function measureOwners() {
  const terminals = new Contestant([
    'python3',
    TERMINALS,
    String(TERMINAL_COUNT),
    String(PROCESSES_A_TERMINAL),
  ]);
  try {
    const { pids } = await terminals.ask('');
    const results = [];
    for (const contender of CONTENDERS) {
      results.push({
        name: contender.name,
        ...(await measure(contender, terminals, pids).catch(({ message }) => ({ failure: message }))),
      });
    }
    return results;
  } finally {
    await terminals.stop();
  }
}

async function measure({ command, openings, gapMs, cost }, terminals, pids) {
  const runner = new Contestant(command(pids));
  try {
    await runner.ask('start');
    const delays = await openAndClose(openings, gapMs, runner, terminals, pids);
    const { cpuUs, ms } = await cost(runner);
    const sorted = delays.sort((a, b) => a - b);
    return {
      medianMs: sorted[Math.floor(sorted.length / 2)],
      maxMs: sorted.at(-1),
      cpuShare: cpuUs / ms / 1000,
    };
  } finally {
    await runner.stop();
  }
}

/** How long after each opening its owner was known. */
async function openAndClose(count, [leastMs, mostMs], runner, terminals, pids) {
  const truth = [];
  for (let i = 0; i < count; i++) {
    const terminal = (7 * i) % TERMINAL_COUNT;
    await sleep(leastMs + ((i * 37) % 101) * ((mostMs - leastMs) / 100));
    const { ns } = await terminals.ask(`${terminal} ${FIRST_PORT + i}`);
    truth.push([FIRST_PORT + i, ns, String(pids[terminal])]);
  }
  if (count > 0) await sleep(leastMs > 100 ? 4000 : 500);
  const { told } = await runner.ask('told');
  for (let terminal = 0; terminal < TERMINAL_COUNT; terminal++) await terminals.ask(`${terminal} -`);
  return truth.map(([port, ns, owner]) => {
    const known = told.find(([toldPort]) => toldPort === port);
    if (known === undefined) throw new Error(`was not told of port ${port}`);
    if (known[2] !== '' && known[2] !== owner)
      throw new Error(`port ${port} is ${owner}'s, not ${known[2]}'s`);
    return (known[1] - ns) / 1e6;
  });
}
