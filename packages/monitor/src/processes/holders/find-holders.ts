import { runInSlices } from '../../timing/slices.js';
import { ticksNow } from '../clock-ticks.js';
import { readState } from '../read-process.js';
import { DescriptorSearch, type SearchStart } from './descriptor-search.js';
import { isYoung, stillGrowing } from './growing-processes.js';
import type { Opener } from './opener.js';

/** Which processes hold which sockets. */
export interface Holders {
  /** The pids by inode; a socket that nobody was seen to hold is missing. */
  readonly pids: ReadonlyMap<number, ReadonlySet<number>>;
  /**
   * The network namespaces ({@link networkNamespaceOf}) of processes that could not be read: they may hold what was not
   * found of these. Those in others are no loss, as they hardly hold a socket of another one.
   */
  readonly unread: ReadonlySet<number>;
  /** False if some thread may have open files of its own that can't be told from those of its process. */
  readonly sawAllTables: boolean;
}

/**
 * Searches the open files of the processes for sockets, the likely ones first and then the newest, in slices that never
 * hold the event loop for long.
 *
 * It ends as soon as each socket is found, and then looks at the relatives of those who hold one, and at the
 * relatives of the holders found among these, and so on: sockets get into several processes by fork, so that
 * workers are found with their master, and the other way round. Missed is only who was sent a socket (SCM_RIGHTS,
 * pidfd_getfd(2)) and is neither ancestor, child nor sibling of a holder, or has it behind a thousand others.
 *
 * @throws the signal's reason if it was aborted
 */
export async function findHolders(
  inodes: ReadonlySet<number>,
  start: SearchStart = {},
  signal?: AbortSignal,
): Promise<Holders> {
  const search = new DescriptorSearch(inodes);
  const began = ticksNow();
  await runInSlices(search.everywhere(start), signal);
  await askNewborn(search, began, signal);
  return search;
}

/**
 * Whoever was forked to run another program has the sockets of its parent until then. Those who share one and had just been
 * forked are asked again when they have grown up. Those of whom that can't be told yet are left out.
 */
async function askNewborn(search: DescriptorSearch, began: number, signal?: AbortSignal): Promise<void> {
  const sharers = new Set(
    [...search.pids.values()].filter(({ size }) => size > 1).flatMap((pids) => [...pids]),
  );
  const newborn = [...sharers].filter((pid) => {
    const state = readState(pid);
    return state !== null && isYoung(state, began);
  });
  const growing = await stillGrowing(newborn, signal);
  for (const pid of newborn) if (!growing.includes(pid)) search.askAgain(pid);
  if (growing.length === 0) return;
  // The parent of a daemon may have ended meanwhile: then its child holds the socket, whatever it is to become.
  const others = [...sharers].filter((pid) => !growing.includes(pid) && readState(pid)?.isZombie === false);
  for (const pid of growing) search.leaveOut(pid, new Set(others));
}

/** Looks at the descriptors that are told of these processes, and at the first ones of each, and at no others. */
export function findHoldersAmong(openers: readonly Opener[], inodes: ReadonlySet<number>): Holders['pids'] {
  const search = new DescriptorSearch(inodes);
  const work = search.among(openers);
  while (!work.next().done);
  return search.pids;
}

/**
 * Looks which of these processes, which were forked from a holder, have the sockets as well. It looks at their first
 * descriptors.
 *
 * @throws the signal's reason if it was aborted
 */
export async function findHoldersAmongChildren(
  pids: readonly number[],
  inodes: ReadonlySet<number>,
  signal?: AbortSignal,
): Promise<Holders['pids']> {
  const found = new Map<number, Set<number>>();
  for (const pid of pids) {
    // Each for itself: a search ends with the first process that has all.
    const search = new DescriptorSearch(inodes);
    await runInSlices(search.among([{ pid }]), signal);
    for (const inode of search.pids.keys()) found.set(inode, (found.get(inode) ?? new Set()).add(pid));
  }
  return found;
}
