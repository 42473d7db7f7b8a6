import type { PortEvent } from './event.js';

/** Events in their order, and whether some that were asked for are no longer there. */
export interface RecentEvents {
  readonly events: readonly PortEvent[];
  readonly missed: boolean;
}

/** Remembers the last events. Adding one takes the same time however many there are. */
export class EventRing {
  readonly #slots: (PortEvent | undefined)[];
  #last = 0;

  /** @param size how many events are remembered, at least one */
  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1)
      throw new RangeError(`the history must hold at least one event, not ${size}`);
    this.#slots = new Array<PortEvent | undefined>(size).fill(undefined);
  }

  /** The sequence number of the newest event; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  add(event: PortEvent): void {
    this.#last = event.sequence;
    this.#slots[event.sequence % this.#slots.length] = event;
  }

  /**
   * The events after the one with that sequence number, or after that time by the wall clock; all that are
   * remembered where nothing is given.
   */
  since(since?: number | Date): RecentEvents {
    const oldest = Math.max(1, this.#last - this.#slots.length + 1);
    const remembered: PortEvent[] = [];
    for (let sequence = oldest; sequence <= this.#last; sequence++) {
      const event = this.#slots[sequence % this.#slots.length];
      if (event !== undefined) remembered.push(event);
    }
    if (since === undefined) return { events: remembered, missed: false };
    if (since instanceof Date) {
      const forgotten = oldest > 1 && remembered.every(({ at }) => at > since);
      return { events: remembered.filter(({ at }) => at > since), missed: forgotten };
    }
    return { events: remembered.filter(({ sequence }) => sequence > since), missed: since < oldest - 1 };
  }
}
