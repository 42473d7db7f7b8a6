import type { MissedEvents, PortEvent } from './event.js';

/** How many events wait for a slow reader before the oldest of them are dropped. */
const WAITING_LIMIT = 1000;

/** The events for one reader, who takes them at his own pace. */
export class EventStream implements AsyncIterableIterator<PortEvent | MissedEvents> {
  #waiting: PortEvent[] = [];
  #missing: MissedEvents | undefined;
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #onEnd: (stream: EventStream) => void;
  readonly #isWanted: (event: PortEvent) => boolean;

  /**
   * @param onEnd is told once that nobody reads any more
   * @param isWanted which events the reader is given
   */
  constructor(onEnd: (stream: EventStream) => void, isWanted: (event: PortEvent) => boolean = () => true) {
    this.#onEnd = onEnd;
    this.#isWanted = isWanted;
  }

  push(event: PortEvent): void {
    if (this.#ended || !this.#isWanted(event)) return;
    this.#waiting.push(event);
    if (this.#waiting.length > WAITING_LIMIT) {
      const { sequence, at } = this.#waiting.shift() ?? event;
      this.#missing = { type: 'missed', missed: true, count: (this.#missing?.count ?? 0) + 1, sequence, at };
    }
    this.#wake?.();
  }

  /** Puts this before what the reader is given next. */
  skip(missing: MissedEvents): void {
    this.#missing = missing;
  }

  /** No more will come; what waits is still read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(this);
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<PortEvent | MissedEvents, undefined>> {
    while (this.#waiting.length === 0 && this.#missing === undefined) {
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return { done: false, value: this.#take() };
  }

  async return(): Promise<IteratorResult<PortEvent | MissedEvents, undefined>> {
    this.#waiting = [];
    this.#missing = undefined;
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): PortEvent | MissedEvents {
    const missing = this.#missing;
    this.#missing = undefined;
    if (missing !== undefined) return missing;
    return this.#waiting.shift() as PortEvent;
  }
}
