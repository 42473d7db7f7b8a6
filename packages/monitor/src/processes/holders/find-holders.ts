import { setTimeout as sleep } from 'node:timers/promises';
import { runInSlices } from '../../timing/slices.js';
import { ticksNow, USER_HZ } from '../clock-ticks.js';
import type { ProcessState } from '../parse-stat.js';
import { readState } from '../read-process.js';
import { DescriptorSearch, type SearchStart } from './descriptor-search.js';
import type { Opener } from './opener.js';

/** So long after its fork a process that was forked to run another program has mostly done so. */
const GROWN_MS = 30;
/** One that neither sleeps nor has run another program by then is taken for a worker at work after this time. */
const GROWN_LIMIT_MS = 1000;
/** How often those who were forked just now are looked at, and how long a search waits for them. */
const GROWING_MS = 10;
const GROWING_LIMIT_MS = 60;

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
    const startTicks = readState(pid)?.startTicks ?? 0;
    // A container may be told another time since boot than its processes: their age can't be told then.
    return startTicks > began - ticks(GROWN_LIMIT_MS) && startTicks <= ticksNow();
  });
  const limit = performance.now() + GROWING_LIMIT_MS;
  while (newborn.some(isGrowing) && performance.now() < limit) {
    await sleep(GROWING_MS, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
  const growing = newborn.filter(isGrowing);
  for (const pid of newborn) if (!growing.includes(pid)) search.askAgain(pid);
  if (growing.length === 0) return;
  // The parent of a daemon may have ended meanwhile: then its child holds the socket, whatever it is to become.
  const others = [...sharers].filter((pid) => !growing.includes(pid) && readState(pid)?.isZombie === false);
  for (const pid of growing) search.leaveOut(pid, new Set(others));
}

/**
 * Whether a process may have been forked to run another program and has not come to that yet. It is never long asleep before.
 */
export function isGrowing(pid: number): boolean {
  const state = readState(pid);
  if (state === null || state.isZombie || !state.isUnexeced || !isYoung(state)) return false;
  return !state.isSleeping || ticksNow() - state.startTicks < ticks(GROWN_MS);
}

/** Whether a process was forked so short a time ago that it may still be growing. */
export function isYoung({ startTicks }: Pick<ProcessState, 'startTicks'>): boolean {
  const ageTicks = ticksNow() - startTicks;
  // A container may be told another time since boot than its processes: their age can't be told then.
  return ageTicks >= 0 && ageTicks < ticks(GROWN_LIMIT_MS);
}

function ticks(ms: number): number {
  return (ms * USER_HZ) / 1000;
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
