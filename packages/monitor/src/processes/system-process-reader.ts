import { isMac } from '../kernel/platform.js';
import type { ProcessStat } from './parse-stat.js';
import { ProcProcessReader } from './proc-process-reader.js';
import type { Process } from './process.js';
import type { ProcessReader } from './process-reader.js';
import { PsProcessReader } from './ps/ps-process-reader.js';
import { readState } from './read-process.js';

const inProc = new ProcProcessReader();
const throughPs = new PsProcessReader();

/** The process reader of this system: /proc on Linux, ps(1) on macOS. */
export function processReader(): ProcessReader {
  return isMac() ? throughPs : inProc;
}

/** Reads which process has a pid now; null if there is none. On macOS this waits for ps(1), some milliseconds. */
export function readStat(pid: number): ProcessStat | null {
  return processReader().readStat(pid);
}

/**
 * Whether a process has ended, or its pid is another's by now. A zombie has ended too: its files are closed.
 * Always false on macOS, where the answer would take ps(1).
 */
export function hasEnded({ pid, startTicks }: Pick<Process, 'pid' | 'startTicks'>): boolean {
  if (isMac()) return false;
  const state = readState(pid);
  return state?.startTicks !== startTicks || state.isZombie;
}
