import type { Listener } from '../listener.js';

/** How long after its first process was found others are searched for: by then a server has forked its workers. */
const LATE_MS = 100;

type Find = (listeners: readonly Listener[], likely: readonly number[]) => Promise<readonly Listener[]>;

/** Completes what was told in a hurry, one search at a time for all that has gathered. */
export class LateSearch {
  readonly #find: Find;
  readonly #onFound: (listeners: readonly Listener[]) => void;
  readonly #signal: AbortSignal;
  #listeners: Listener[] = [];
  #likely = new Set<number>();
  #isUnderWay = false;

  constructor(find: Find, onFound: (listeners: readonly Listener[]) => void, signal: AbortSignal) {
    this.#find = find;
    this.#onFound = onFound;
    this.#signal = signal;
  }

  add(listeners: readonly Listener[], likely: readonly number[]): void {
    this.#listeners.push(...listeners);
    for (const pid of likely) this.#likely.add(pid);
    if (!this.#isUnderWay) this.#begin();
  }

  #begin(): void {
    this.#isUnderWay = true;
    setTimeout(() => void this.#search(), LATE_MS).unref();
  }

  async #search(): Promise<void> {
    const listeners = this.#listeners;
    const likely = [...this.#likely];
    this.#listeners = [];
    this.#likely = new Set();
    try {
      if (!this.#signal.aborted) this.#onFound(await this.#find(listeners, likely));
    } catch {
      // Only the end of the monitor makes a search fail, and then nobody waits for it.
    }
    this.#isUnderWay = false;
    if (this.#listeners.length > 0) this.#begin();
  }
}
