import { readChildren, tellsChildren } from '../children.js';
import { listPids } from '../list-pids.js';
import { readProcStat } from '../read-process.js';

/** What is known of a holder, and of others while its relatives are walked. */
export interface Lineage {
  /** True if it made the socket, so that it has it from nobody. */
  readonly isOpener: boolean;
  /** Whether a process holds the socket too. It is asked about the parent once that was yielded. */
  readonly holds: (pid: number) => boolean;
}

/**
 * The processes that may have got a socket from this one by fork, or given it: its children and its parent; then, if
 * neither it nor its parent need have made it, its further ancestors and its siblings. (The relatives of a parent that holds
 * it are for the caller to walk.) If the parent of two siblings died, they are siblings, as children of init or of a
 * subreaper. Yields undefined when the caller may pause.
 *
 * A kernel without CONFIG_PROC_CHILDREN can't tell children; there it is every process.
 */
export function* relativesOf(pid: number, { isOpener, holds }: Lineage): Generator<number | undefined, void> {
  if (!tellsChildren()) {
    yield* listPids();
    return;
  }
  yield* readChildren(pid);
  const parent = readProcStat(pid)?.parentPid ?? 0;
  if (parent === 0) return;
  yield parent;
  if (isOpener || holds(parent)) return;
  for (let ancestor = parent; ancestor > 0; ancestor = readProcStat(ancestor)?.parentPid ?? 0) yield ancestor;
  yield* readChildren(parent);
}
