import { type Endpoint, type Listener, type ListenerSocket, listenerKey } from '../../listener.js';
import type { ProcessFinder } from '../../places/process-finder.js';
import { attachProcessesAmong } from '../../processes/attach-processes.js';
import { findHoldersAmong } from '../../processes/find-holders.js';
import { hasEnded } from '../../processes/has-ended.js';
import type { Process } from '../../processes/process.js';
import { processReader } from '../../processes/process-reader.js';
import { readProcess } from '../../processes/read-process.js';
import { holdersSeen } from '../../processes/seen-holders.js';
import { LateSearch } from './late-search.js';

/** How long an event waits for the processes behind it. */
const WAIT_MS = 100;
/** A process with this set to 1 in its environment does not want to be watched. */
const IGNORE = 'PORTOLAN_IGNORE';

/** What is searched for, and who is told late. */
export interface HolderSearchOptions {
  /** Whether processes are searched for at all. */
  readonly enabled: boolean;
  readonly finder: ProcessFinder;
  readonly signal: AbortSignal;
  /** Whether a listener is still as it was. */
  readonly isOpen: (listener: Listener) => boolean;
  /** Is told what was learned after {@link HolderSearch.findSoon} had to answer. */
  readonly onLate: (listeners: readonly Listener[]) => void;
}

/** Finds the processes behind new sockets, and remembers which of them want to be left out. */
export class HolderSearch {
  readonly #enabled: boolean;
  readonly #finder: ProcessFinder;
  readonly #signal: AbortSignal;
  readonly #ignored = new WeakSet<Process>();
  /** Of listeners that this process holds, where processes are not searched for. */
  readonly #own = new WeakSet<Listener['sockets']>();
  readonly #late: LateSearch;

  /** Searches that nobody may wait for any more. */
  readonly #attempts = new Set<AbortController>();

  constructor({ enabled, finder, signal, isOpen, onLate }: HolderSearchOptions) {
    this.#enabled = enabled;
    this.#finder = finder;
    this.#signal = signal;
    const find = (listeners: readonly Listener[], pids: readonly number[]) => this.#find(listeners, pids);
    this.#late = new LateSearch({ find, isOpen, onFound: onLate, signal });
    signal.addEventListener('abort', () => {
      for (const attempt of this.#attempts) attempt.abort(signal.reason);
    });
  }

  /** The same listeners with their processes. Where these can't be searched for, it is tried again, and told late. */
  async find(listeners: readonly Listener[]): Promise<readonly Listener[]> {
    try {
      return await this.#find(listeners, []);
    } catch {
      this.#signal.throwIfAborted();
      this.#late.add(listeners, []);
      return listeners;
    }
  }

  /** @throws what made the search fail, such as that no descriptor is left; the signal's reason where it was aborted */
  async #find(
    listeners: readonly Listener[],
    likely: readonly number[],
    signal = this.#signal,
  ): Promise<readonly Listener[]> {
    if (!this.#enabled) this.#noteOwn(listeners);
    if (!this.#enabled || listeners.length === 0) return listeners;
    const found = await this.#finder.attach(listeners, likely, signal);
    this.#noteIgnored(found);
    return found;
  }

  /** A server that forks and ends leaves its sockets to its child: who holds them now is told late. */
  replaceEnded(listeners: readonly Listener[]): void {
    if (!this.#enabled || !this.#finder.isLocal) return;
    const left = listeners.filter(({ processes }) => processes?.some(hasEnded));
    if (left.length > 0) this.#late.add(left, []);
  }

  /**
   * The same without waiting for long: with those who are known to have opened them where that is known of all, else with
   * all who hold them, or without processes where that takes too long.
   *
   * @param openers pids by the listener's key
   * @throws what made the search fail; it is tried again, and told late
   */
  async findSoon(
    listeners: readonly Listener[],
    openers: ReadonlyMap<string, number>,
  ): Promise<readonly Listener[]> {
    if (!this.#enabled || listeners.length === 0) return this.#find(listeners, []);
    const pids = [...new Set(listeners.flatMap((listener) => openers.get(listenerKey(listener)) ?? []))];
    try {
      const likely = pids.length === 0 ? undefined : attachProcessesAmong(pids, listeners);
      if (likely === undefined) return await this.#findInTime(listeners, pids);
      this.#noteIgnored(likely);
      // A server forks its workers only after it listens.
      this.#late.add(listeners, pids);
      return likely;
    } catch (error) {
      this.#late.add(listeners, pids);
      throw error;
    }
  }

  async #findInTime(listeners: readonly Listener[], likely: readonly number[]): Promise<readonly Listener[]> {
    const attempt = new AbortController();
    const search = this.#attempt(attempt, listeners, likely);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, WAIT_MS, undefined);
    });
    const found = await Promise.race([search, timeout]).finally(() => clearTimeout(timer));
    if (found !== undefined) return found;
    if (!this.#late.adopt(search, listeners)) {
      // Where listeners open faster than they can be searched for, searches side by side would become ever more.
      search.catch(() => undefined);
      attempt.abort();
      this.#late.add(listeners, likely);
    }
    return listeners;
  }

  async #attempt(
    attempt: AbortController,
    listeners: readonly Listener[],
    likely: readonly number[],
  ): Promise<readonly Listener[]> {
    this.#attempts.add(attempt);
    try {
      this.#signal.throwIfAborted();
      return await this.#find(listeners, likely, attempt.signal);
    } finally {
      this.#attempts.delete(attempt);
    }
  }

  /** The listener that a process had, of which nothing is left to look at but the process. */
  listenerOf(endpoint: Endpoint, pid: number): Listener {
    const process = this.#enabled ? readProcess(pid) : null;
    const processes = this.#enabled ? (process === null ? [] : [process]) : null;
    const listener = { ...endpoint, ephemeral: false, sockets: [], processes, owners: [] };
    this.#noteIgnored([listener]);
    if (processes === null && isOwn({ pid }) && this.#finder.isLocal) this.#own.add(listener.sockets);
    return listener;
  }

  #noteIgnored(listeners: readonly Listener[]): void {
    if (!this.#finder.isLocal) return;
    for (const process of listeners.flatMap(({ processes }) => processes ?? [])) {
      const isMarked = () => processReader().environmentValue(process.pid, IGNORE) === '1';
      if (isOwn(process) || isMarked()) this.#ignored.add(process);
    }
  }

  #noteOwn(listeners: readonly Listener[]): void {
    if (!this.#finder.isLocal) return;
    const inodes = new Set(listeners.flatMap(({ sockets }) => sockets.flatMap(({ inode }) => inode ?? [])));
    const held = findHoldersAmong([process.pid], inodes);
    const isHeld = (socket: ListenerSocket) =>
      holdersSeen(socket)?.every(isOwn) ?? (socket.inode !== null && held.has(socket.inode));
    for (const { sockets } of listeners) if (sockets.every(isHeld)) this.#own.add(sockets);
  }

  /** Whether all who hold this listener want to be left out. */
  isIgnored({ processes, sockets }: Listener): boolean {
    if (processes === null) return this.#own.has(sockets);
    return processes.length > 0 && processes.every((process) => this.#ignored.has(process));
  }
}

function isOwn({ pid }: Pick<Process, 'pid'>): boolean {
  return pid === process.pid;
}
