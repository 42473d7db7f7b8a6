import { existsSync } from 'node:fs';
import { listPids } from './list-pids.js';
import { readProcFile } from './read-proc-file.js';
import { readStat } from './read-process.js';
import { threads } from './threads.js';

/** Room for some 8,000 children. */
const CHILDREN_LIMIT = 64 * 1024;

let tellsChildren: boolean | undefined;

/** What is known of a holder, and of others while its relatives are walked. */
export interface Lineage {
  /** True if it made the socket, so that it has it from nobody. */
  readonly isOpener: boolean;
  /** Whether a process holds the socket too. It is asked about the parent once that was yielded. */
  readonly holds: (pid: number) => boolean;
}

/**
 * Walks the processes that may have got a socket from this one by fork, or given it: its children and its parent; then, if
 * neither it nor its parent need have made it, its further ancestors and its siblings. (The relatives of a parent that holds
 * it are for the caller to walk.) Those whose parent died are siblings, as children of init or of a subreaper.
 * Yields undefined where nothing was found yet, for the caller to pause.
 *
 * A kernel without CONFIG_PROC_CHILDREN can't tell children; there it is every process.
 */
export function* relatives(pid: number, { isOpener, holds }: Lineage): Generator<number | undefined, void> {
  tellsChildren ??= existsSync('/proc/thread-self/children');
  if (!tellsChildren) {
    yield* listPids();
    return;
  }
  yield* children(pid);
  const parent = readStat(pid)?.parentPid ?? 0;
  if (parent === 0) return;
  yield parent;
  if (isOpener || holds(parent)) return;
  for (let ancestor = parent; ancestor > 0; ancestor = readStat(ancestor)?.parentPid ?? 0) yield ancestor;
  yield* children(parent);
}

/** The children of a process; none without CONFIG_PROC_CHILDREN. */
export function* toldChildrenOf(pid: number): Generator<number, void> {
  tellsChildren ??= existsSync('/proc/thread-self/children');
  if (tellsChildren) for (const child of children(pid)) if (child !== undefined) yield child;
}

/** The children of a process; without CONFIG_PROC_CHILDREN those that name it as their parent. */
export function* childrenOf(pid: number): Generator<number, void> {
  tellsChildren ??= existsSync('/proc/thread-self/children');
  if (tellsChildren) {
    for (const child of children(pid)) if (child !== undefined) yield child;
  } else {
    for (const child of listPids()) if (readStat(child)?.parentPid === pid) yield child;
  }
}

/** The children of all threads, from /proc/PID/task/TID/children (proc_tid_children(5)). */
function* children(pid: number): Generator<number | undefined, void> {
  for (const thread of threads(pid)) {
    yield undefined;
    const text = readProcFile(`/proc/${pid}/task/${thread}/children`, CHILDREN_LIMIT)?.toString('latin1');
    for (const child of text?.trim().split(' ') ?? []) {
      if (child !== '') yield Number(child);
    }
  }
}
