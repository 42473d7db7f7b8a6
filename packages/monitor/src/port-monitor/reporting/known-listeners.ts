import { compareListeners, type Listener, listenerKey } from '../../listener.js';
import { difference } from '../difference.js';

/** A listener that was seen in the last look. */
export interface KnownListener {
  /** With what was learned of its processes. */
  listener: Listener;
  /** When it was first seen, on the clock of `performance.now()`. */
  readonly since: number;
  /** Somebody was told that it is there, or it was there at the start: so its end is told as well. */
  isReported: boolean;
}

/** What is open now, as far as the last look told, and what of it is yet to be reported. */
export class KnownListeners {
  readonly #known = new Map<string, KnownListener>();
  readonly #pending = new Set<KnownListener>();

  /** What was there at the start. */
  addInitial(listener: Listener, since: number): void {
    this.#known.set(listenerKey(listener), { listener, since, isReported: true });
  }

  /** What is new, and to be reported. */
  add(listener: Listener, since: number): void {
    const known = { listener, since, isReported: false };
    this.#known.set(listenerKey(listener), known);
    this.#pending.add(known);
  }

  get(listener: Listener): KnownListener | undefined {
    return this.#known.get(listenerKey(listener));
  }

  /** The same where its sockets are still those. */
  getUnchanged(listener: Listener): KnownListener | undefined {
    const known = this.get(listener);
    if (known === undefined) return undefined;
    return difference([known.listener], [listener]).replaced.length === 0 ? known : undefined;
  }

  remove(listener: Listener): KnownListener | undefined {
    const known = this.get(listener);
    this.#known.delete(listenerKey(listener));
    if (known !== undefined) this.#pending.delete(known);
    return known;
  }

  /** It may be wanted now, though it was not when it came. */
  reconsider(known: KnownListener): void {
    this.#pending.add(known);
  }

  /** Those that have been there for so long, each once. */
  takeSettled(now: number, settleMs: number): KnownListener[] {
    const settled = [...this.#pending].filter(({ since }) => since + settleMs <= now);
    for (const known of settled) this.#pending.delete(known);
    return settled;
  }

  /** How long until the next one has been there for so long; undefined where none waits. */
  nextSettlesInMs(now: number, settleMs: number): number | undefined {
    let soonest: number | undefined;
    for (const { since } of this.#pending) soonest = Math.min(soonest ?? since, since);
    return soonest === undefined ? undefined : Math.max(0, soonest + settleMs - now);
  }

  /** In the order of `compareListeners`. */
  sorted(): KnownListener[] {
    return [...this.#known.values()].sort((a, b) => compareListeners(a.listener, b.listener));
  }
}
