import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Contestant } from '../contestant.mjs';

/**
 * Resident memory, in KiB.
 *
 * @typedef {object} Memory
 * @property {number} nodeKib an empty Node
 * @property {number} watchKib `portolan watch`
 * @property {{ rssKib: number, heapKib: number }} [after100k] a monitor after so many events
 * @property {{ rssKib: number, heapKib: number }} [after1M]
 * @property {string} [failure]
 */

const COMMAND = fileURLToPath(new URL('../../packages/portolan/dist/bin.js', import.meta.url));
const EVENTFUL_MONITOR = fileURLToPath(new URL('subjects/eventful-monitor.mjs', import.meta.url));

const RUNS = 3;
const SETTLE_MS = 3000;

/** @returns {Promise<Memory>} */
export async function measureMemory() {
  return {
    nodeKib: await medianRssKib([process.execPath, '-e', 'setInterval(() => {}, 1e6)']),
    watchKib: await medianRssKib([process.execPath, COMMAND, 'watch']),
    ...(await measureEventfulMonitor()),
  };
}

async function measureEventfulMonitor() {
  const monitor = new Contestant([process.execPath, '--expose-gc', EVENTFUL_MONITOR]);
  try {
    return { after100k: await monitor.ask(100_000), after1M: await monitor.ask(900_000) };
  } catch (error) {
    return { failure: error.message };
  } finally {
    await monitor.stop();
  }
}

async function medianRssKib(command) {
  // It has no input to end with, and must not be left behind.
  const children = Array.from({ length: RUNS }, () =>
    spawn('setpriv', ['--pdeathsig', 'KILL', ...command], { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  await sleep(SETTLE_MS);
  const sizes = children.map(({ pid }) => residentKib(pid)).sort((a, b) => a - b);
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  return sizes[Math.floor(RUNS / 2)];
}

function residentKib(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
