import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Contestant } from '../contestant.mjs';

/**
 * @typedef {{ rssKib: number, heapKib: number }} Reading
 *
 * Resident memory, in KiB.
 *
 * @typedef {object} Memory
 * @property {number} nodeKib an empty Node
 * @property {number} watchKib `portolan watch`
 * @property {Reading[][]} [eventful] monitors, each after every 100,000 of a million events
 * @property {number} [grownKib] from the first reading to the last
 * @property {string} [failure]
 */

const COMMAND = fileURLToPath(new URL('../../packages/portolan/dist/bin.js', import.meta.url));
const EVENTFUL_MONITOR = fileURLToPath(new URL('subjects/eventful-monitor.mjs', import.meta.url));

const RUNS = 3;
const SETTLE_MS = 3000;
const EVENTS_A_READING = 100_000;
const READINGS = 10;

/** @returns {Promise<Memory>} */
export async function measureMemory() {
  return {
    nodeKib: await medianRssKib([process.execPath, '-e', 'setInterval(() => {}, 1e6)']),
    watchKib: await medianRssKib([process.execPath, COMMAND, 'watch']),
    ...(await measureEventfulMonitors()),
  };
}

async function measureEventfulMonitors() {
  try {
    const eventful = await Promise.all(Array.from({ length: RUNS }, readEventfulMonitor));
    return {
      eventful,
      grownKib: median(eventful.map((readings) => readings.at(-1).rssKib - readings[0].rssKib)),
    };
  } catch (error) {
    return { failure: error.message };
  }
}

async function readEventfulMonitor() {
  const monitor = new Contestant([process.execPath, '--expose-gc', '--single-threaded', EVENTFUL_MONITOR]);
  const readings = [];
  try {
    while (readings.length < READINGS) readings.push(await monitor.ask(EVENTS_A_READING));
    return readings;
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
  const sizes = children.map(({ pid }) => residentKib(pid));
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  return median(sizes);
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function residentKib(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
