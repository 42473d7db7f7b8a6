import { readFileSync } from 'node:fs';
import { USER_HZ } from './ticks.js';

/** A wall clock that moved by so much against the steady one has been set. */
const CLOCK_STEP_MS = 1000;

let bootTime: number | null = null;
let clockOffsetMs = Number.NaN;

/** The time of an event that /proc gives in clock ticks since boot; null without /proc/stat. */
export function dateOfTicks(ticks: number): Date | null {
  const offsetMs = Date.now() - performance.now();
  // A machine without a battery for its clock may have been started in 1970 and set right since.
  if (!(Math.abs(offsetMs - clockOffsetMs) < CLOCK_STEP_MS)) {
    bootTime = readBootTime();
    clockOffsetMs = offsetMs;
  }
  return bootTime === null ? null : new Date((bootTime + ticks / USER_HZ) * 1000);
}

function readBootTime(): number | null {
  try {
    return parseBootTime(readFileSync('/proc/stat'));
  } catch {
    return null;
  }
}

/** The line `btime` of /proc/stat (proc_stat(5)): when the machine was started, in seconds since 1970. */
export function parseBootTime(bytes: Buffer): number | null {
  const seconds = /^btime (\d+)$/m.exec(bytes.toString('latin1'))?.[1];
  return seconds === undefined ? null : Number(seconds);
}
