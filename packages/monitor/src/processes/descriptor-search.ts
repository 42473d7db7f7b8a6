import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import { descriptors, isGone, readSocketInode } from './descriptors.js';
import type { LikelyHolder } from './likely-holder.js';
import { listPids } from './list-pids.js';
import { relatives } from './relatives.js';

/**
 * So many descriptors of every process are looked at before the rest of those that have more. Servers open
 * their listeners first and their connections later.
 */
const FIRST_DESCRIPTORS = 1024;
const EVERYTHING = Number.POSITIVE_INFINITY;

/** A search for sockets among the open files of processes. Its generators yield wherever it may pause. */
export class DescriptorSearch {
  readonly #inodes: ReadonlySet<number>;
  /** Who holds each of them, by inode. */
  readonly pids = new Map<number, Set<number>>();
  /** The processes that hold a socket, and the descriptors under which they do. */
  readonly #holders = new Map<number, Set<string>>();
  /** How many descriptors of each process were looked at. */
  readonly #depths = new Map<number, number>();
  /**
   * The network namespaces ({@link networkNamespaceOf}) of processes that could not be read: they may hold what was not
   * found of these. Those in others are no loss, as they hardly hold a socket of another one.
   */
  readonly unread = new Set<number>();

  constructor(inodes: ReadonlySet<number>) {
    this.#inodes = inodes;
  }

  /**
   * The likely ones first, and then the newest. It ends as soon as each socket is found, and then looks at the relatives of
   * those who hold one, and at the relatives of the holders found among these, and so on.
   */
  *everywhere(likely: readonly LikelyHolder[]): Generator<void, void> {
    yield* this.among(likely);
    yield* this.#searchEveryProcess();
    // A server may have forked and ended meanwhile, as daemons do: its child was not in the list yet.
    yield* this.#searchEveryProcess();
    if (this.#foundAll) yield* this.#searchRelatives();
  }

  /** The descriptors under which these are said to have one, then the first ones of each, and no others. */
  *among(likely: readonly LikelyHolder[]): Generator<void, void> {
    for (const holder of likely) {
      this.#searchSaid(holder);
      yield;
    }
    const pids = likely.map(({ pid }) => pid);
    yield* this.#searchProcesses(pids, FIRST_DESCRIPTORS);
  }

  /** Forgets of a process what it does not hold any more. What it holds under another number now is among its first ones. */
  askAgain(pid: number): void {
    const held = this.#held(pid);
    for (const [inode, pids] of this.pids) if (!held.has(inode)) pids.delete(pid);
  }

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

  #searchSaid({ pid, thread = pid, descriptor = null }: LikelyHolder): void {
    if (descriptor === null) return;
    // Any thread has a folder in /proc, though only processes are listed there (proc(5)).
    this.#searchNumbers(pid, [String(descriptor)], thread);
    // A thread may end before its process.
    if (thread !== pid) this.#searchNumbers(pid, [String(descriptor)]);
  }

  #searchNumbers(pid: number, numbers: Iterable<string>, thread = pid): void {
    try {
      for (const number of numbers) this.#look(pid, number, thread);
    } catch (error) {
      this.#noteFailure(pid, error);
    }
  }

  #look(pid: number, descriptor: string, thread = pid): void {
    const inode = readSocketInode(thread, descriptor);
    if (inode === undefined || !this.#inodes.has(inode)) return;
    this.pids.set(inode, (this.pids.get(inode) ?? new Set()).add(pid));
    this.#holders.set(pid, (this.#holders.get(pid) ?? new Set()).add(descriptor));
  }

  #noteFailure(pid: number, error: unknown): void {
    const namespace = isGone(error) ? undefined : networkNamespaceOf(pid);
    if (namespace !== undefined) this.unread.add(namespace);
  }
}
