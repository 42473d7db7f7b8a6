import { type Endpoint, type Listener, listenerKey } from '../../listener.js';
import type { SiteReader } from '../../places/site-reader.js';
import { attachProcessesAmong } from '../../processes/attach-processes.js';
import { hasEnded } from '../../processes/has-ended.js';
import type { LikelyHolder } from '../../processes/likely-holder.js';
import { readProcess } from '../../processes/read-process.js';
import type { IgnoredHolders } from './ignored-holders.js';
import { LateSearch } from './late-search.js';

/** How long an event waits for the processes behind it. */
const WAIT_MS = 100;
/** How often to see whether those who hold what is open still live, with the looks that there are. */
const HOLDERS_MS = 5000;

/** What is open, and learns more of it. */
interface LearningListeners {
  /** Whether a listener is still as it was. */
  isOpen(listener: Listener): boolean;
  /** Is told what was learned after {@link HolderSearch.findSoon} had to answer. */
  learn(listeners: readonly Listener[]): void;
}

/** Whose holders are searched for, and who is told. */
export interface HolderSearchOptions {
  readonly reader: SiteReader;
  readonly open: LearningListeners;
  readonly ignored: IgnoredHolders;
  readonly signal: AbortSignal;
}

/** Finds the processes behind new sockets, and goes on to search for what was not found in time. */
export class HolderSearch {
  readonly #options: HolderSearchOptions;
  readonly #late: LateSearch;
  /** Searches that nobody may wait for any more. */
  readonly #attempts = new Set<AbortController>();
  #endedSeenAt = Number.NEGATIVE_INFINITY;

  constructor(options: HolderSearchOptions) {
    const { open, signal } = options;
    this.#options = options;
    this.#late = new LateSearch({
      find: (listeners, likely) => this.#find(listeners, likely),
      isOpen: (listener) => open.isOpen(listener),
      onFound: (late) => this.#learn(late),
      signal,
    });
    signal.addEventListener('abort', () => {
      for (const attempt of this.#attempts) attempt.abort(signal.reason);
    });
  }

  /** The same listeners with their processes. If these can't be searched for, it is tried again, and told late. */
  async find(listeners: readonly Listener[]): Promise<readonly Listener[]> {
    try {
      return await this.#find(listeners, []);
    } catch {
      this.#options.signal.throwIfAborted();
      this.#late.add(listeners, []);
      return listeners;
    }
  }

  /**
   * The same without waiting for long: with those who are known to have opened them if that is known of all, else with
   * all who hold them, or without processes if that takes too long.
   *
   * @param openers by the listener's key
   * @throws what made the search fail; it is tried again, and told late
   */
  async findSoon(
    listeners: readonly Listener[],
    openers: ReadonlyMap<string, LikelyHolder>,
  ): Promise<readonly Listener[]> {
    const { reader, ignored } = this.#options;
    if (!reader.findsProcesses || listeners.length === 0) return this.#find(listeners, []);
    const likely = listeners.flatMap((listener) => openers.get(listenerKey(listener)) ?? []);
    try {
      const found = likely.length === 0 ? undefined : attachProcessesAmong(likely, listeners);
      if (found === undefined) return await this.#findInTime(listeners, likely);
      if (reader.isLocal) ignored.note(found);
      // A server forks its workers only after it listens.
      this.#late.add(listeners, likely);
      return found;
    } catch (error) {
      this.#late.add(listeners, likely);
      throw error;
    }
  }

  /** The listener that a process had, of which nothing is left to look at but the process. */
  listenerOf(endpoint: Endpoint, pid: number): Listener {
    const { reader, ignored } = this.#options;
    const opener = reader.findsProcesses ? readProcess(pid) : null;
    const processes = reader.findsProcesses ? (opener === null ? [] : [opener]) : null;
    const listener = { ...endpoint, ephemeral: false, sockets: [], processes, owners: [] };
    if (reader.isLocal) ignored.noteOpener(listener, pid);
    return listener;
  }

  /**
   * Sees now and then who of these has ended. A server that forks and ends leaves its sockets to its child: who holds them
   * now is told late.
   */
  seeWhoEnded(listeners: () => readonly Listener[]): void {
    const now = performance.now();
    if (now < this.#endedSeenAt + HOLDERS_MS) return;
    this.#endedSeenAt = now;
    const { reader } = this.#options;
    if (!reader.findsProcesses || !reader.isLocal) return;
    const left = listeners().filter(({ processes }) => processes?.some(hasEnded));
    if (left.length > 0) this.#late.add(left.map(toSearchAnew), []);
  }

  /** @throws what made the search fail, such as that no descriptor is left; the signal's reason if it was aborted */
  async #find(
    listeners: readonly Listener[],
    likely: readonly LikelyHolder[],
    signal = this.#options.signal,
  ): Promise<readonly Listener[]> {
    const { reader, ignored } = this.#options;
    const found = await reader.attachProcesses(listeners, likely, signal);
    if (!reader.isLocal) return found;
    if (reader.findsProcesses) ignored.note(found);
    else ignored.noteHeldHere(found);
    return found;
  }

  async #findInTime(
    listeners: readonly Listener[],
    likely: readonly LikelyHolder[],
  ): Promise<readonly Listener[]> {
    const attempt = new AbortController();
    const search = this.#attempt(attempt, listeners, likely);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, WAIT_MS, undefined);
    });
    const found = await Promise.race([search, timeout]).finally(() => clearTimeout(timer));
    if (found !== undefined) return found;
    if (!this.#late.adopt(search, listeners)) {
      // If listeners open faster than they can be searched for, searches side by side would become ever more.
      search.catch(() => undefined);
      attempt.abort();
      this.#late.add(listeners, likely);
    }
    return listeners;
  }

  async #attempt(
    attempt: AbortController,
    listeners: readonly Listener[],
    likely: readonly LikelyHolder[],
  ): Promise<readonly Listener[]> {
    this.#attempts.add(attempt);
    try {
      this.#options.signal.throwIfAborted();
      return await this.#find(listeners, likely, attempt.signal);
    } finally {
      this.#attempts.delete(attempt);
    }
  }

  #learn(late: readonly Listener[]): void {
    const { reader, open, signal } = this.#options;
    if (!signal.aborted) open.learn(reader.attachOwners(late));
  }
}

/** The listener without what was learned of its holders; the source's own answer of it is lost as well. */
function toSearchAnew(listener: Listener): Listener {
  return { ...listener, sockets: listener.sockets.map((socket) => ({ ...socket, pids: null })) };
}
