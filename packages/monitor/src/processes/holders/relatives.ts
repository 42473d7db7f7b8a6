import { readChildren, tellsChildren } from '../children.js';
import { listPids } from '../list-pids.js';
import { readStat } from '../read-process.js';

/**
 * The processes that may have got a socket from this one by fork, or given it: its ancestors, children and siblings.
 * If the parent of two siblings died, they are siblings again, as children of init (or of a subreaper).
 * Yields undefined when the caller may pause.
 *
 * A kernel without CONFIG_PROC_CHILDREN can't tell children; there it is every process.
 */
export function* relativesOf(pid: number): Generator<number | undefined, void> {
  if (!tellsChildren()) {
    yield* listPids();
    return;
  }
  const parent = readStat(pid)?.parentPid ?? 0;
  for (let ancestor = parent; ancestor > 0; ancestor = readStat(ancestor)?.parentPid ?? 0) yield ancestor;
  yield* readChildren(pid);
  if (parent > 0) yield* readChildren(parent);
}
