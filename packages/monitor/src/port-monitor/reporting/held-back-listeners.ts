import { type Listener, listenerKey } from '../../listener.js';
import { haveSameSockets } from '../difference.js';

interface HeldBackListener {
  readonly listener: Listener;
  /** When it was first seen, on the clock of `performance.now()`. */
  readonly since: number;
}

/**
 * Listeners as the last look saw them, while their holders are searched for. Holders may want to be left out, so that nobody is
 * told of these listeners before the search is over, however long it takes.
 */
export class HeldBackListeners {
  readonly #byKey = new Map<string, HeldBackListener>();

  add(listeners: readonly Listener[], now: number): void {
    for (const listener of listeners) {
      const key = listenerKey(listener);
      this.#byKey.set(key, { listener, since: this.#byKey.get(key)?.since ?? now });
    }
  }

  /** The listener of that key, if it is held back. */
  get(key: string): Listener | undefined {
    return this.#byKey.get(key)?.listener;
  }

  /** Whether a listener is held back with the sockets that it has here. */
  has(listener: Listener): boolean {
    const held = this.get(listenerKey(listener));
    return held !== undefined && haveSameSockets(held, listener);
  }

  /**
   * Lets go of a listener, if it is held back.
   *
   * @returns when it was first seen
   */
  release(key: string): number | undefined {
    const since = this.#byKey.get(key)?.since;
    this.#byKey.delete(key);
    return since;
  }
}
