import { type Ancestor, type Process, readAncestors, readStat } from '@portolan/monitor';
import { isSameProcess } from '../../ending/end-process.js';

/** Tells the ancestors of a process, its parent first. */
export type AncestorsOf = (process: Process) => readonly Ancestor[];

/**
 * Reads the ancestors of a process once, and remembers them until another process is asked for. A frame may be drawn many
 * times a second, and on macOS each ancestor is read through ps(1). A process that has ended has no ancestors, unless they
 * were read before.
 */
export function rememberedAncestors(read = readAncestors): AncestorsOf {
  let last:
    | { readonly pid: number; readonly startTicks: number | null; readonly found: Ancestor[] }
    | undefined;
  return (process) => {
    const { pid, startTicks } = process;
    if (last?.pid === pid && last.startTicks === startTicks) return last.found;
    const found = isSameProcess(process, readStat(pid)?.startTicks) ? read(pid) : [];
    last = { pid, startTicks, found };
    return found;
  };
}
