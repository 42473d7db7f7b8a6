import type { ProcessStat } from './parse-stat.js';
import { processReader } from './system-process-reader.js';

/** A process that another one descends from. */
export interface Ancestor {
  readonly pid: number;
  /** The kernel's name for it (`comm`), 15 bytes at most. */
  readonly name: string;
}

/**
 * Reads whom a process descends from: its parent, its parent's parent, and so on, as far as this pid namespace goes.
 * On macOS each ancestor waits for ps(1), some milliseconds.
 *
 * @returns nobody if the process is gone
 */
export function readAncestors(pid: number): Ancestor[] {
  const readStat = (pid: number) => processReader().readStat(pid);
  const stat = readStat(pid);
  return stat === null ? [] : [...ancestorsOf(stat, readStat)].map(({ pid, name }) => ({ pid, name }));
}

/** Walks up from a process. The walk ends when a parent has gone, or another process has got the parent's pid. */
export function* ancestorsOf(
  process: ProcessStat,
  readStat: (pid: number) => ProcessStat | null,
): Generator<ProcessStat & { readonly pid: number }, void> {
  // If a parent's pid was given to a new process meanwhile, that process is younger than the child. A chain of such
  // processes might go round for ever.
  let child = process;
  for (let pid = process.parentPid; pid > 0; pid = child.parentPid) {
    const parent = readStat(pid);
    if (parent === null || parent.startTicks > child.startTicks) return;
    yield { pid, ...parent };
    child = parent;
  }
}
