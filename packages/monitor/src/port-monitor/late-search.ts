import { type Listener, listenerKey } from '../listener.js';

/** How long after its first process was found others are searched for: by then a server has forked its workers. */
const LATE_MS = 100;

type Find = (listeners: readonly Listener[], likely: readonly number[]) => Promise<readonly Listener[]>;

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
  #likely = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #isUnderWay = false;

  constructor(options: LateSearchOptions) {
    this.#options = options;
  }

  add(listeners: readonly Listener[], likely: readonly number[]): void {
    for (const listener of listeners) this.#listeners.set(listenerKey(listener), listener);
    for (const pid of likely) this.#likely.add(pid);
    this.#wait();
  }

  /**
   * Lets a search go on that somebody else began.
   *
   * @returns false where another one is under way already, or about to begin
   */
  adopt(search: Promise<readonly Listener[]>): boolean {
    if (this.#isUnderWay || this.#timer !== undefined) return false;
    void this.#finish(search);
    return true;
  }

  #wait(): void {
    if (this.#isUnderWay) return;
    this.#timer ??= setTimeout(() => this.#search(), LATE_MS).unref();
  }

  #search(): void {
    const { find, isOpen, signal } = this.#options;
    const listeners = [...this.#listeners.values()].filter(isOpen);
    const likely = [...this.#likely];
    this.#timer = undefined;
    this.#listeners = new Map();
    this.#likely = new Set();
    void this.#finish(signal.aborted ? Promise.resolve([]) : find(listeners, likely));
  }

  async #finish(search: Promise<readonly Listener[]>): Promise<void> {
    this.#isUnderWay = true;
    try {
      this.#options.onFound(await search);
    } catch {
      // Only the end of the monitor makes a search fail, and then nobody waits for it.
    }
    this.#isUnderWay = false;
    if (this.#listeners.size > 0) this.#wait();
  }
}
