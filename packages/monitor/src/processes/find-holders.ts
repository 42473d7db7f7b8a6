import { setTimeout as sleep } from 'node:timers/promises';
import { DescriptorSearch } from './descriptor-search.js';
import { readStat } from './read-process.js';
import { runInSlices } from './slices.js';
import { ticksNow, USER_HZ } from './ticks.js';

/** So long after its fork a process that was forked to run another program does so. */
const GROWN_MS = 50;

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
  likely: readonly number[] = [],
  signal?: AbortSignal,
): Promise<Holders> {
  const search = new DescriptorSearch(inodes);
  await runInSlices(search.everywhere(likely), signal);
  await askNewborn(search, signal);
  return search;
}

/**
 * Whoever was forked to run another program has the sockets of its parent until then. Those who share one and have just been
 * forked are asked again a moment later.
 */
async function askNewborn(search: DescriptorSearch, signal?: AbortSignal): Promise<void> {
  const sharers = [...search.pids.values()].filter(({ size }) => size > 1).flatMap((pids) => [...pids]);
  const now = ticksNow();
  const ages = new Map([...new Set(sharers)].map((pid) => [pid, ageMs(pid, now)]));
  const newborn = [...ages].filter(([, age]) => age >= 0 && age < GROWN_MS);
  if (newborn.length === 0) return;
  const missingMs = GROWN_MS - Math.min(...newborn.map(([, age]) => age));
  await sleep(missingMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
  for (const [pid] of newborn) search.askAgain(pid);
}

/** How long ago a process started; NaN where it is gone. */
function ageMs(pid: number, now: number): number {
  return ((now - (readStat(pid)?.startTicks ?? Number.NaN)) / USER_HZ) * 1000;
}

/** Looks at the first descriptors of these processes, and at no others. */
export function findHoldersAmong(pids: readonly number[], inodes: ReadonlySet<number>): Holders['pids'] {
  const search = new DescriptorSearch(inodes);
  const work = search.among(pids);
  while (!work.next().done);
  return search.pids;
}
