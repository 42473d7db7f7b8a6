import { type Listener, listenerKey } from '../../listener.js';
import type { LikelyHolder } from '../../processes/likely-holder.js';

/** How long after its first process was found others are searched for: by then a server has forked its workers. */
const LATE_MS = 100;
/** A search that fails is tried again, after twice as long each time up to this. */
const LATE_LIMIT_MS = 10_000;

type Find = (listeners: readonly Listener[], likely: readonly LikelyHolder[]) => Promise<readonly Listener[]>;

/** What is told in the end, and about what. */
export interface LateSearchOptions {
  readonly find: Find;
  /** Whether a listener is still as it was; nobody needs to know of the others. */
  readonly isOpen: (listener: Listener) => boolean;
  readonly onFound: (listeners: readonly Listener[]) => void;
  readonly signal: AbortSignal;
}

/** Completes what was told in a hurry, one search at a time for all that has gathered. */
export class LateSearch {
  readonly #options: LateSearchOptions;
  #listeners = new Map<string, Listener>();
  #likely = new Set<LikelyHolder>();
  #timer: NodeJS.Timeout | undefined;
  #isUnderWay = false;
  #waitMs = LATE_MS;

  constructor(options: LateSearchOptions) {
    this.#options = options;
  }

  add(listeners: readonly Listener[], likely: readonly LikelyHolder[]): void {
    for (const listener of listeners) this.#listeners.set(listenerKey(listener), listener);
    for (const holder of likely) this.#likely.add(holder);
    this.#wait();
  }

  /**
   * Lets a search go on that somebody else began.
   *
   * @returns false where another one is under way already, or about to begin
   */
  adopt(search: Promise<readonly Listener[]>, listeners: readonly Listener[]): boolean {
    if (this.#isUnderWay || this.#timer !== undefined) return false;
    void this.#finish(search, listeners);
    return true;
  }

  #wait(): void {
    if (this.#isUnderWay || this.#options.signal.aborted) return;
    this.#timer ??= setTimeout(() => this.#search(), this.#waitMs).unref();
  }

  #search(): void {
    const { find, isOpen, signal } = this.#options;
    const listeners = [...this.#listeners.values()].filter(isOpen);
    const likely = [...this.#likely];
    this.#timer = undefined;
    this.#listeners = new Map();
    this.#likely = new Set();
    if (!signal.aborted) void this.#finish(find(listeners, likely), listeners);
  }

  async #finish(search: Promise<readonly Listener[]>, listeners: readonly Listener[]): Promise<void> {
    this.#isUnderWay = true;
    const found = await search.catch(() => undefined);
    this.#isUnderWay = false;
    if (found === undefined) this.#putBack(listeners);
    else this.#options.onFound(found);
    this.#waitMs = found === undefined ? Math.min(2 * this.#waitMs, LATE_LIMIT_MS) : LATE_MS;
    if (this.#listeners.size > 0) this.#wait();
  }

  /** A search fails for want of descriptors, as an example. What came meanwhile is newer. */
  #putBack(listeners: readonly Listener[]): void {
    const newer = this.#listeners;
    this.#listeners = new Map(listeners.map((listener) => [listenerKey(listener), listener]));
    for (const [key, listener] of newer) this.#listeners.set(key, listener);
  }
}
