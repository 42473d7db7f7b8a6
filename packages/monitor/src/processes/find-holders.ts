import { descriptors, isGone, readSocketInode } from './descriptors.js';
import { listPids } from './list-pids.js';
import { networkNamespaceOf } from './network-namespace.js';
import { relatives } from './relatives.js';
import { runInSlices } from './slices.js';

/**
 * So many descriptors of every process are looked at before the rest of those that have more. Servers open
 * their listeners first and their connections later.
 */
const FIRST_DESCRIPTORS = 1024;
const EVERYTHING = Number.POSITIVE_INFINITY;

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
export function findHolders(
  inodes: ReadonlySet<number>,
  likely: readonly number[] = [],
  signal?: AbortSignal,
): Promise<Holders> {
  return runInSlices(new Search(inodes).run(likely), signal);
}

/** Looks at the first descriptors of these processes, and at no others. */
export function findHoldersAmong(pids: readonly number[], inodes: ReadonlySet<number>): Holders['pids'] {
  const search = new Search(inodes);
  const work = search.searchProcesses(pids, FIRST_DESCRIPTORS);
  while (!work.next().done);
  return search.pids;
}

/** A search under way. Its generators yield wherever it may pause. */
class Search {
  readonly #inodes: ReadonlySet<number>;
  readonly pids = new Map<number, Set<number>>();
  /** The processes that hold a socket, and the descriptors under which they do. */
  readonly #holders = new Map<number, Set<string>>();
  /** How many descriptors of each process were looked at. */
  readonly #depths = new Map<number, number>();
  readonly #unread = new Set<number>();

  constructor(inodes: ReadonlySet<number>) {
    this.#inodes = inodes;
  }

  *run(likely: readonly number[]): Generator<void, Holders> {
    yield* this.searchProcesses(likely, FIRST_DESCRIPTORS);
    yield* this.#searchEveryProcess();
    // A server may have forked and ended meanwhile, as daemons do: its child was not in the list yet.
    yield* this.#searchEveryProcess();
    if (this.#foundAll) yield* this.#searchRelatives();
    return { pids: this.pids, unread: this.#unread };
  }

  get #foundAll(): boolean {
    return this.pids.size === this.#inodes.size;
  }

  *#searchEveryProcess(): Generator<void, void> {
    if (this.#foundAll) return;
    const pids = listPids();
    for (const depth of [FIRST_DESCRIPTORS, EVERYTHING]) yield* this.searchProcesses(pids, depth);
  }

  *searchProcesses(pids: readonly number[], depth: number): Generator<void, void> {
    for (const pid of pids) {
      if (this.#foundAll) return;
      yield* this.#searchProcess(pid, depth);
    }
  }

  *#searchRelatives(): Generator<void, void> {
    // The map grows while it is walked: a holder among the relatives has relatives of its own.
    for (const [holder, numbers] of this.#holders) {
      for (const pid of relatives(holder)) {
        yield;
        if (pid === undefined) continue;
        yield* this.#searchProcess(pid, FIRST_DESCRIPTORS);
        // Behind the first ones it is most likely where fork left it: under the same number.
        if (this.#depths.get(pid) !== EVERYTHING) this.#searchNumbers(pid, numbers);
      }
    }
  }

  /** Searches the first descriptors of one process, or all of them. */
  *#searchProcess(pid: number, depth: number): Generator<void, void> {
    if ((this.#depths.get(pid) ?? 0) >= depth) return;
    this.#depths.set(pid, EVERYTHING);
    let seen = 0;
    try {
      for (const descriptor of descriptors(pid)) {
        if (seen >= depth || (seen >= FIRST_DESCRIPTORS && this.#foundAll)) {
          this.#depths.set(pid, FIRST_DESCRIPTORS);
          return;
        }
        seen++;
        this.#look(pid, descriptor);
        yield;
      }
    } catch (error) {
      this.#noteFailure(pid, error);
    }
    yield;
  }

  #searchNumbers(pid: number, numbers: Iterable<string>): void {
    try {
      for (const number of numbers) this.#look(pid, number);
    } catch (error) {
      this.#noteFailure(pid, error);
    }
  }

  #look(pid: number, descriptor: string): void {
    const inode = readSocketInode(pid, descriptor);
    if (inode === undefined || !this.#inodes.has(inode)) return;
    this.pids.set(inode, (this.pids.get(inode) ?? new Set()).add(pid));
    this.#holders.set(pid, (this.#holders.get(pid) ?? new Set()).add(descriptor));
  }

  #noteFailure(pid: number, error: unknown): void {
    const namespace = isGone(error) ? undefined : networkNamespaceOf(pid);
    if (namespace !== undefined) this.#unread.add(namespace);
  }
}
