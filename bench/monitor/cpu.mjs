import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Contestant, SETTLE_SECONDS } from '../contestant.mjs';

/**
 * What it costs to watch while nothing happens, by the kernel's account of the process with all its threads.
 *
 * @typedef {object} Cost
 * @property {string} name
 * @property {number} [cpuUs]
 * @property {number} [ms] of how long
 * @property {string} [failure]
 */

const REFERENCE = fileURLToPath(new URL('../../build/bench-reference', import.meta.url));
const IDLE_MONITOR = fileURLToPath(new URL('subjects/idle-monitor.mjs', import.meta.url));

const SECONDS = 20;

/** The rows of the table. */
export const IDLERS = [
  {
    name: 'reference',
    title: 'C program, a dump for each protocol and family every 100 ms',
    command: [REFERENCE, 'every', '100'],
  },
  {
    name: 'reference-slow',
    title: 'C program, a dump for each protocol and family every second',
    command: [REFERENCE, 'every', '1000'],
  },
  {
    name: 'clock',
    title: '**Portolan**, an idle monitor, doorbell `clock` (every 100 ms)',
    command: [process.execPath, IDLE_MONITOR, 'clock'],
  },
  {
    name: 'auto',
    title: '**Portolan**, an idle monitor, doorbell `auto` (tracefs, and every second)',
    command: [process.execPath, IDLE_MONITOR, 'auto'],
  },
];

/**
 * Has all of them watch at the same time, so that a drift of the machine meets all of them.
 *
 * @returns {Promise<Cost[]>}
 */
export async function measureCpu() {
  const runners = IDLERS.map(({ command }) => new Contestant(command));
  try {
    return await Promise.all(
      runners.map(async (runner, i) => {
        const { name } = IDLERS[i];
        try {
          // Apart from each other, so that they do not all look at once.
          await sleep(i * 33);
          const watching = runner.ask(SETTLE_SECONDS + SECONDS + 1);
          watching.catch(() => undefined);
          const cost = await runner.medianCost(SECONDS);
          await watching;
          return { name, ...cost };
        } catch (error) {
          return { name, failure: error.message };
        }
      }),
    );
  } finally {
    await Promise.all(runners.map((runner) => runner.stop()));
  }
}
