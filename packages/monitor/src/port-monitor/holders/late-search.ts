import { type Listener, listenerKey } from '../../listener.js';
import type { Opener } from '../../processes/holders/opener.js';

/** How long after its first process was found others are searched for: by then a server has forked its workers. */
const LATE_MS = 100;
/** A search that fails is tried again, after twice as long each time up to this. */
const LATE_LIMIT_MS = 10_000;

type Find = (listeners: readonly Listener[], openers: readonly Opener[]) => Promise<readonly Listener[]>;

/** What is told in the end, and about what. */
export interface LateSearchOptions {
  readonly find: Find;
  /** Whether a listener is still as it was; nobody needs to know of the others. */
  readonly isOpen: (listener: Listener) => boolean;
  /** May resolve when all of it is told. */
  readonly onFound: (listeners: readonly Listener[]) => Promise<void> | undefined;
  /** Is told for which listeners a search failed. They are searched for again. */
  readonly onFailed: (listeners: readonly Listener[]) => Promise<void> | undefined;
  readonly signal: AbortSignal;
}

/** Completes what was told in a hurry, one search at a time for all that has gathered. */
export class LateSearch {
  readonly #options: LateSearchOptions;
  #listeners = new Map<string, Listener>();
  #openers = new Set<Opener>();
  #timer: NodeJS.Timeout | undefined;
  #isUnderWay = false;
  #running: Promise<void> = Promise.resolve();
  #waitMs = LATE_MS;

  constructor(options: LateSearchOptions) {
    this.#options = options;
  }

  /** Searches for these a little later. */
  add(listeners: readonly Listener[], openers: readonly Opener[]): void {
    for (const listener of listeners) this.#listeners.set(listenerKey(listener), listener);
    for (const opener of openers) this.#openers.add(opener);
    this.#wait();
  }

  /** Searches for these at once, or after the search that is under way. */
  addNow(listeners: readonly Listener[]): void {
    this.add(listeners, []);
    if (this.#timer !== undefined) this.#search();
  }

  /** Searches at once for all that has gathered, and resolves when that is over, or has failed. */
  async finish(): Promise<void> {
    await this.#running;
    if (this.#timer === undefined) return;
    this.#search();
    await this.#running;
  }

  /** Whether something is searched for, or waits for that. */
  get isPending(): boolean {
    return this.#isUnderWay || this.#timer !== undefined;
  }

  /**
   * Lets a search go on that somebody else began.
   *
   * @returns false if another one is under way already, or about to begin
   */
  adopt(search: Promise<readonly Listener[]>, listeners: readonly Listener[]): boolean {
    if (this.#isUnderWay || this.#timer !== undefined) return false;
    this.#running = this.#finish(search, listeners);
    return true;
  }

  #wait(): void {
    if (this.#isUnderWay || this.#options.signal.aborted) return;
    this.#timer ??= setTimeout(() => this.#search(), this.#waitMs).unref();
  }

  #search(): void {
    const { find, isOpen, signal } = this.#options;
    const listeners = [...this.#listeners.values()].filter(isOpen);
    const openers = [...this.#openers];
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#listeners = new Map();
    this.#openers = new Set();
    if (!signal.aborted) this.#running = this.#finish(find(listeners, openers), listeners);
  }

  async #finish(search: Promise<readonly Listener[]>, listeners: readonly Listener[]): Promise<void> {
    this.#isUnderWay = true;
    const { onFound, onFailed } = this.#options;
    const found = await search.catch(() => undefined);
    if (found === undefined) this.#putBack(listeners);
    await (found === undefined ? onFailed(listeners) : onFound(found));
    this.#isUnderWay = false;
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
