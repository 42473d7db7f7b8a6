import type { ProcessStat } from './parse-stat.js';
import { processReader } from './system-process-reader.js';

/** A process that another one descends from. */
export interface Ancestor {
  readonly pid: number;
  /** The kernel's name for it (`comm`), 15 bytes at most. */
  readonly name: string;
}

/**
 * Reads whom a process descends from: its parent, the parent of that, and so on, as far as this pid namespace goes. Nobody
 * where it is gone. On macOS each of them waits for ps(1), some milliseconds.
 */
export function readAncestors(pid: number): Ancestor[] {
  const readStat = (pid: number) => processReader().readStat(pid);
  const stat = readStat(pid);
  return stat === null ? [] : [...ancestorsOf(stat, readStat)].map(({ pid, name }) => ({ pid, name }));
}

/** Walks up from a process. It ends where a parent has gone, or its pid has become another one's. */
export function* ancestorsOf(
  process: ProcessStat,
  readStat: (pid: number) => ProcessStat | null,
): Generator<ProcessStat & { readonly pid: number }, void> {
  // A pid that was given on while this was read would be younger than its child, and a chain of those might go round.
  let child = process;
  for (let pid = process.parentPid; pid > 0; pid = child.parentPid) {
    const parent = readStat(pid);
    if (parent === null || parent.startTicks > child.startTicks) return;
    yield { pid, ...parent };
    child = parent;
  }
}
