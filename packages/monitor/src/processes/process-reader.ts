import { isMac } from '../platform.js';
import type { ProcessStat } from './parse-stat.js';
import { ProcProcessReader } from './proc-process-reader.js';
import type { Process } from './process.js';
import { PsProcessReader } from './ps/ps-process-reader.js';
import type { SeenProcess } from './seen-holders.js';

/** How a system tells of its processes. */
export interface ProcessReader {
  /**
   * Reads processes; those that have ended are missing.
   *
   * @param seen what a source told of some of them itself
   * @throws the signal's reason where it was aborted
   */
  read(
    pids: ReadonlySet<number>,
    seen: ReadonlyMap<number, SeenProcess>,
    signal?: AbortSignal,
  ): Promise<Map<number, Process>>;

  /** Reads who a pid belongs to now; null where the process is gone. */
  readStat(pid: number): ProcessStat | null;

  /** Whether a process was started with that entry, `NAME=value`, in its environment; false where that can't be told. */
  hasEnvironmentEntry(pid: number, entry: string): boolean;
}

const inProc = new ProcProcessReader();
const throughPs = new PsProcessReader();

/** This system's: /proc on Linux, ps(1) on macOS. */
export function processReader(): ProcessReader {
  return isMac() ? throughPs : inProc;
}

/** Reads who a pid belongs to now; null where the process is gone. On macOS this waits for ps(1), some milliseconds. */
export function readStat(pid: number): ProcessStat | null {
  return processReader().readStat(pid);
}
