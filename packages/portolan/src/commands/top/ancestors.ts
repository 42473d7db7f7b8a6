import { type Ancestor, type Process, readAncestors, readStat } from '@portolan/monitor';
import { isSameProcess } from '../../ending/end-process.js';

/** Tells whom a process descends from, its parent first. */
export type AncestorsOf = (process: Process) => readonly Ancestor[];

/**
 * Tells it as it was when a process was asked about first, as long as no other one is: a frame may be drawn many times a
 * second, and on macOS each ancestor is read through ps(1). Of a process that has ended it is nobody, unless it was asked about
 * before.
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
