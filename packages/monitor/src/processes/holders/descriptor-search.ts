import { basename } from 'node:path';
import { networkNamespaceOf } from '../../kernel/namespaces/namespace-identity.js';
import { listPids } from '../list-pids.js';
import { descriptors, isGone, readSocketInode } from './descriptors.js';
import { fileTableOfThread, furtherFileTables, mainFileTable } from './file-tables.js';
import type { Opener } from './opener.js';
import { relativesOf } from './relatives.js';

/**
 * So many descriptors of every process are looked at first. After all processes comes the rest of those that have more.
 * Servers open their listeners first and their connections later.
 */
const FIRST_DESCRIPTORS = 1024;
const EVERYTHING = Number.POSITIVE_INFINITY;

/** Which processes a search begins with. */
export interface SearchStart {
  /** Those that are known to have opened the sockets. */
  readonly openers?: readonly Opener[];
  /** Others that are likely to hold them. */
  readonly likely?: readonly number[];
}

/** A search for sockets among the open files of processes. Its generators yield wherever it may pause. */
export class DescriptorSearch {
  readonly #inodes: ReadonlySet<number>;
  /** The pids of each socket's holders, by the socket's inode. */
  readonly pids = new Map<number, Set<number>>();
  /** The processes that hold a socket, and the links of /proc that lead to it. */
  readonly #holders = new Map<number, Set<string>>();
  /** How many descriptors of each table of open files were looked at. */
  readonly #depths = new Map<string, number>();
  /**
   * The network namespaces ({@link networkNamespaceOf}) of processes that could not be read: they may hold what was not
   * found of these. Those in others are no loss, as they hardly hold a socket of another one.
   */
  readonly unread = new Set<number>();
  /** False if some thread may have open files of its own that can't be told from those of its process. */
  sawAllTables = true;

  constructor(inodes: ReadonlySet<number>) {
    this.#inodes = inodes;
  }

  /**
   * The openers and the likely ones first, and then the newest. It ends as soon as each socket is found, and then looks at the
   * relatives of those who hold one, and at the relatives of the holders found among these, and so on.
   */
  *everywhere({ openers = [], likely = [] }: SearchStart = {}): Generator<void, void> {
    yield* this.among([...openers, ...likely.map((pid) => ({ pid }))]);
    yield* this.#searchEveryProcess();
    // A server may have forked and ended meanwhile, as daemons do: its child was not yet in the list of pids.
    yield* this.#searchEveryProcess();
    if (!this.#foundAll) yield* this.#searchFurtherTables(listPids());
    if (this.#foundAll) yield* this.#searchRelatives(new Set(openers.map(({ pid }) => pid)));
  }

  /** Searches the descriptors that are told of these processes, then the first ones of each, and no others. */
  *among(openers: readonly Opener[]): Generator<void, void> {
    for (const opener of openers) {
      this.#searchTold(opener);
      yield;
    }
    const pids = openers.map(({ pid }) => pid);
    yield* this.#searchProcesses(pids, FIRST_DESCRIPTORS);
    yield* this.#searchFurtherTables(pids);
  }

  /** Looks at a holder again, and forgets the sockets that it no longer holds. */
  askAgain(pid: number): void {
    const held = this.#held(pid);
    for (const [inode, pids] of this.pids) if (!held.has(inode)) pids.delete(pid);
  }

  /** Takes a process for no holder of what others hold too. */
  leaveOut(pid: number, others: ReadonlySet<number>): void {
    for (const pids of this.pids.values()) if ([...pids].some((each) => others.has(each))) pids.delete(pid);
  }

  #held(pid: number): Set<number | undefined> {
    const links = new Set(this.#holders.get(pid));
    const table = mainFileTable(pid);
    try {
      for (const descriptor of descriptors(table)) {
        if (links.size >= FIRST_DESCRIPTORS) break;
        links.add(`${table}/${descriptor}`);
      }
      return new Set([...links].map(readSocketInode));
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
      yield* this.#searchTable(pid, mainFileTable(pid), depth);
    }
  }

  *#searchFurtherTables(pids: readonly number[]): Generator<void, void> {
    for (const pid of pids) {
      if (this.#foundAll) return;
      yield* this.#searchFurtherTablesOf(pid);
    }
  }

  *#searchFurtherTablesOf(pid: number): Generator<void, void> {
    const tables = furtherFileTables(pid);
    let step = tables.next();
    for (; !step.done; step = tables.next()) {
      yield;
      if (step.value !== undefined) yield* this.#searchTable(pid, step.value, EVERYTHING);
    }
    if (!step.value) this.sawAllTables = false;
  }

  *#searchRelatives(openers: ReadonlySet<number>): Generator<void, void> {
    const holds = (pid: number) => this.#holders.has(pid);
    // The map grows while it is walked: a holder among the relatives has relatives of its own.
    for (const [holder, links] of this.#holders) {
      for (const pid of relativesOf(holder, { isOpener: openers.has(holder), holds })) {
        yield;
        if (pid === undefined) continue;
        const table = mainFileTable(pid);
        yield* this.#searchTable(pid, table, FIRST_DESCRIPTORS);
        // Behind the first ones it is most likely where fork left it: under the same number.
        if (this.#depths.get(table) !== EVERYTHING)
          this.#searchNumbers(
            pid,
            table,
            [...links].map((link) => basename(link)),
          );
        if (!holds(pid)) yield* this.#searchFurtherTablesOf(pid);
      }
    }
  }

  /** Searches the first descriptors of one table of open files, or all of them. */
  *#searchTable(pid: number, table: string, depth: number): Generator<void, void> {
    if ((this.#depths.get(table) ?? 0) >= depth) return;
    this.#depths.set(table, EVERYTHING);
    let seen = 0;
    try {
      for (const descriptor of descriptors(table)) {
        if (seen >= depth || (seen >= FIRST_DESCRIPTORS && this.#foundAll)) {
          this.#depths.set(table, FIRST_DESCRIPTORS);
          return;
        }
        seen++;
        this.#look(pid, `${table}/${descriptor}`);
        yield;
      }
    } catch (error) {
      this.#noteFailure(pid, error);
    }
    yield;
  }

  #searchTold({ pid, thread = pid, descriptor = null }: Opener): void {
    if (descriptor === null) return;
    const numbers = [String(descriptor)];
    this.#searchNumbers(pid, fileTableOfThread(pid, thread), numbers);
    // A thread may end before its process.
    if (thread !== pid) this.#searchNumbers(pid, mainFileTable(pid), numbers);
  }

  #searchNumbers(pid: number, table: string, numbers: readonly string[]): void {
    try {
      for (const number of numbers) this.#look(pid, `${table}/${number}`);
    } catch (error) {
      this.#noteFailure(pid, error);
    }
  }

  #look(pid: number, link: string): void {
    const inode = readSocketInode(link);
    if (inode === undefined || !this.#inodes.has(inode)) return;
    this.pids.set(inode, (this.pids.get(inode) ?? new Set()).add(pid));
    this.#holders.set(pid, (this.#holders.get(pid) ?? new Set()).add(link));
  }

  #noteFailure(pid: number, error: unknown): void {
    const namespace = isGone(error) ? undefined : networkNamespaceOf(pid);
    if (namespace !== undefined) this.unread.add(namespace);
  }
}
