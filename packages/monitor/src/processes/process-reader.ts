import { isMac } from '../kernel/platform.js';
import type { ProcessStat } from './parse-stat.js';
import { ProcProcessReader } from './proc-process-reader.js';
import type { Process, SeenProcess } from './process.js';
import { PsProcessReader } from './ps/ps-process-reader.js';

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

  /** The children of a process; none where they can't be told without looking at every process. */
  childrenOf(pid: number): Iterable<number>;

  /** What a variable was set to in the environment a process was started with; undefined where it was not, or that can't be told. */
  environmentValue(pid: number, name: string): string | undefined;
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
