import { existsSync } from 'node:fs';
import { listPids } from './list-pids.js';
import { readProcFile } from './read-proc-file.js';
import { readProcStat } from './read-process.js';
import { threads } from './threads.js';

/** Room for some 8,000 children. */
const CHILDREN_LIMIT = 64 * 1024;

let isConfigured: boolean | undefined;

/** Whether this kernel tells the children of a process: it was built with CONFIG_PROC_CHILDREN. */
export function tellsChildren(): boolean {
  isConfigured ??= existsSync('/proc/thread-self/children');
  return isConfigured;
}

/** The children of a process; none without CONFIG_PROC_CHILDREN. */
export function* toldChildrenOf(pid: number): Generator<number, void> {
  if (tellsChildren()) for (const child of readChildren(pid)) if (child !== undefined) yield child;
}

/** The children of a process; without CONFIG_PROC_CHILDREN the processes that name it as their parent. */
export function* childrenOf(pid: number): Generator<number, void> {
  if (tellsChildren()) {
    for (const child of readChildren(pid)) if (child !== undefined) yield child;
  } else {
    for (const child of listPids()) if (readProcStat(child)?.parentPid === pid) yield child;
  }
}

/**
 * The children of all threads of a process, from /proc/PID/task/TID/children (proc_tid_children(5)). Yields undefined
 * before each file, so that the caller can pause. None unless {@link tellsChildren}.
 */
export function* readChildren(pid: number): Generator<number | undefined, void> {
  for (const thread of threads(pid)) {
    yield undefined;
    const text = readProcFile(`/proc/${pid}/task/${thread}/children`, CHILDREN_LIMIT)?.toString('latin1');
    for (const child of text?.trim().split(' ') ?? []) {
      if (child !== '') yield Number(child);
    }
  }
}
