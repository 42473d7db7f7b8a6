import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** Clock ticks a second as /proc counts them: USER_HZ, 100 on every architecture that Node runs on (proc_pid_stat(5)). */
export const USER_HZ = 100;

/** If the wall clock moved by so much against the steady one, somebody has set it. */
const CLOCK_STEP_MS = 1000;

let bootTime: number | null = null;
let clockOffsetMs = Number.NaN;

/** The time since boot in whole clock ticks, as /proc tells the start of a process. */
export function ticksNow(): number {
  // A sum in binary fractions: 1.15 s would else be less than 115 ticks.
  return Math.round(uptime() * USER_HZ);
}

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
