import type { ProcessStat } from './parse-stat.js';
import type { Process, SeenProcess } from './process.js';

/** How a system tells of its processes. */
export interface ProcessReader {
  /** True if it reads /proc: that takes microseconds, and tells environments. False if each answer waits for a program. */
  readonly readsProc: boolean;

  /**
   * Reads processes; those that have ended are missing.
   *
   * @param seen what a source told of some of them itself
   * @throws the signal's reason if it was aborted
   */
  read(
    pids: ReadonlySet<number>,
    seen: ReadonlyMap<number, SeenProcess>,
    signal?: AbortSignal,
  ): Promise<Map<number, Process>>;

  /** Reads who a pid belongs to now; null if the process is gone. */
  readStat(pid: number): ProcessStat | null;

  /** The children of a process; none if they can't be told without looking at every process. */
  childrenOf(pid: number): Iterable<number>;

  /**
   * What a variable was set to in the environment that a process was started with; null if it was not set, undefined if
   * that can't be told.
   */
  environmentValue(pid: number, name: string): string | null | undefined;
}
