import { readdirSync } from 'node:fs';
import { haveSameFiles } from '../../kernel/same-files.js';
import { hasThreads, threads } from '../threads.js';

/** The open files of a process: those of its main thread, which nearly always are those of all its threads. */
export function mainFileTable(pid: number): string {
  return `/proc/${pid}/fd`;
}

/** The open files of one thread of a process. */
export function fileTableOfThread(pid: number, thread: number): string {
  return `/proc/${pid}/task/${thread}/fd`;
}

/**
 * Walks the further tables of open files that a process has: those of threads that have one of their own
 * (`unshare(CLONE_FILES)`), and the one of its threads if the main thread has ended. Yields undefined if nothing was found
 * yet, for the caller to pause.
 *
 * @returns true if these are surely all; without native calls that can't be told
 */
export function* furtherFileTables(pid: number): Generator<string | undefined, boolean> {
  if (!hasThreads(pid)) return true;
  let isSure = true;
  let last = pid;
  for (const thread of threads(pid)) {
    if (thread === pid) continue;
    yield undefined;
    const isKnown = haveSameFiles(pid, thread);
    if (isKnown === undefined) isSure = false;
    if (isKnown ?? !isEmpty(mainFileTable(pid))) continue;
    // Threads that share a table with each other mostly follow each other.
    if (last !== pid && haveSameFiles(last, thread)) continue;
    last = thread;
    yield fileTableOfThread(pid, thread);
  }
  return isSure;
}

function isEmpty(table: string): boolean {
  try {
    return readdirSync(table).length === 0;
  } catch {
    return false;
  }
}
