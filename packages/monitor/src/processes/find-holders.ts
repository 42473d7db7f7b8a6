import { setTimeout as sleep } from 'node:timers/promises';
import { runInSlices } from '../timing/slices.js';
import { DescriptorSearch } from './descriptor-search.js';
import type { LikelyHolder } from './likely-holder.js';
import { readStat } from './read-process.js';
import { ticksNow, USER_HZ } from './ticks.js';

/** So long after its fork a process that was forked to run another program does so. */
const GROWN_MS = 30;
const GROWN_TICKS = (GROWN_MS * USER_HZ) / 1000;

/** Which processes hold which sockets. */
export interface Holders {
  /** The pids by inode; a socket that nobody was seen to hold is missing. */
  readonly pids: ReadonlyMap<number, ReadonlySet<number>>;
  /**
   * The network namespaces ({@link networkNamespaceOf}) of processes that could not be read: they may hold what was not
   * found of these. Those in others are no loss, as they hardly hold a socket of another one.
   */
  readonly unread: ReadonlySet<number>;
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
 * @throws the signal's reason where it was aborted
 */
export async function findHolders(
  inodes: ReadonlySet<number>,
  likely: readonly LikelyHolder[] = [],
  signal?: AbortSignal,
): Promise<Holders> {
  const search = new DescriptorSearch(inodes);
  const began = ticksNow();
  await runInSlices(search.everywhere(likely), signal);
  await askNewborn(search, began, signal);
  return search;
}

/**
 * Whoever was forked to run another program has the sockets of its parent until then. Those who share one and had just been
 * forked are asked again when they are old enough.
 */
async function askNewborn(search: DescriptorSearch, began: number, signal?: AbortSignal): Promise<void> {
  const sharers = [...search.pids.values()].filter(({ size }) => size > 1).flatMap((pids) => [...pids]);
  const births = new Map([...new Set(sharers)].map((pid) => [pid, readStat(pid)?.startTicks ?? 0]));
  const newborn = [...births].filter(([, birth]) => birth > began - GROWN_TICKS);
  if (newborn.length === 0) return;
  const grownAt = Math.max(...newborn.map(([, birth]) => birth)) + GROWN_TICKS;
  const waitMs = (1000 * (grownAt - ticksNow())) / USER_HZ;
  // Not longer in a container that is told another time since boot.
  if (waitMs > 0 && waitMs < 2 * GROWN_MS) {
    await sleep(waitMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
  for (const [pid] of newborn) search.askAgain(pid);
}

/** Looks at the first descriptors of these processes, and where each is said to have one, and at no others. */
export function findHoldersAmong(
  likely: readonly LikelyHolder[],
  inodes: ReadonlySet<number>,
): Holders['pids'] {
  const search = new DescriptorSearch(inodes);
  const work = search.among(likely);
  while (!work.next().done);
  return search.pids;
}
