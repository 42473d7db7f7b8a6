import { networkNamespaceOf } from '../../kernel/namespaces/namespace-identity.js';
import { listPids } from '../list-pids.js';
import { descriptors, isGone, readSocketInode } from './descriptors.js';
import { relativesOf } from './relatives.js';

/**
 * So many descriptors of every process are looked at first. After all processes comes the rest of those that have more.
 * Servers open their listeners first and their connections later.
 */
const FIRST_DESCRIPTORS = 1024;
const EVERYTHING = Number.POSITIVE_INFINITY;

/** A search for sockets among the open files of processes. Its generators yield whenever the search may pause. */
export class DescriptorSearch {
  readonly #inodes: ReadonlySet<number>;
  /** The pids of each socket's holders, by the socket's inode. */
  readonly pids = new Map<number, Set<number>>();
  /** The descriptors under which each holder has its sockets, by pid. */
  readonly #holders = new Map<number, Set<string>>();
  /** How many descriptors of each process were looked at, by pid. */
  readonly #depths = new Map<number, number>();
  /** See {@link Holders.unread}. */
  readonly unread = new Set<number>();

  constructor(inodes: ReadonlySet<number>) {
    this.#inodes = inodes;
  }

  /** Searches all processes, in the order that {@link findHolders} describes. */
  *everywhere(likely: readonly number[]): Generator<void, void> {
    yield* this.among(likely);
    yield* this.#searchEveryProcess();
    // A server may have forked and ended meanwhile, as daemons do: its child was not yet in the list of pids.
    yield* this.#searchEveryProcess();
    if (this.#foundAll) yield* this.#searchRelatives();
  }

  /** Searches the first descriptors of these processes, and no others. */
  *among(pids: readonly number[]): Generator<void, void> {
    yield* this.#searchProcesses(pids, FIRST_DESCRIPTORS);
  }

  /** Looks at a holder again, and forgets the sockets that it no longer holds. */
  askAgain(pid: number): void {
    const held = this.#held(pid);
    for (const [inode, pids] of this.pids) if (!held.has(inode)) pids.delete(pid);
  }

  /** By now a socket may be under another descriptor, which is then among the first ones. */
  #held(pid: number): Set<number | undefined> {
    try {
      const numbers = new Set(this.#holders.get(pid));
      for (const number of descriptors(pid)) {
        if (numbers.size >= FIRST_DESCRIPTORS) break;
        numbers.add(number);
      }
      return new Set([...numbers].map((number) => readSocketInode(pid, number)));
    } catch {
      return new Set();
    }
  }

  get #foundAll(): boolean {
    return this.pids.size === this.#inodes.size;
  }

  *#searchEveryProcess(): Generator<void, void> {
    if (this.#foundAll) return;
    const pids = listPids();
    for (const depth of [FIRST_DESCRIPTORS, EVERYTHING]) yield* this.#searchProcesses(pids, depth);
  }

  *#searchProcesses(pids: readonly number[], depth: number): Generator<void, void> {
    for (const pid of pids) {
      if (this.#foundAll) return;
      yield* this.#searchProcess(pid, depth);
    }
  }

  *#searchRelatives(): Generator<void, void> {
    // The map grows during the walk: a holder among the relatives has relatives too.
    for (const [holder, numbers] of this.#holders) {
      for (const pid of relativesOf(holder)) {
        yield;
        if (pid === undefined) continue;
        yield* this.#searchProcess(pid, FIRST_DESCRIPTORS);
        // Behind the first descriptors a socket is most likely under the same number as before the fork.
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
    if (namespace !== undefined) this.unread.add(namespace);
  }
}
