import type { MissedEvents, PortEvent } from './event.js';

/** How many events wait for a slow reader before the oldest of them are dropped. */
const WAITING_LIMIT = 1000;

/** What a reader is given: an event, or that some are missing. */
export type StreamedEvent = PortEvent | MissedEvents;

type Result = IteratorResult<StreamedEvent, undefined>;

const END = { done: true, value: undefined } as const;

/** What a stream has for its reader. */
export interface EventStreamOptions {
  /** What the reader is given first. It is all there already, so none of it is dropped, however much it is. */
  readonly first?: readonly StreamedEvent[];
  /** Which of the events that come later the reader is given. */
  readonly isWanted?: (event: PortEvent) => boolean;
}

/** The events for one reader, who takes them at his own pace. */
export class EventStream implements AsyncIterableIterator<StreamedEvent> {
  #first: Iterator<StreamedEvent>;
  #missing: MissedEvents | undefined;
  #waiting: PortEvent[] = [];
  /** The calls of `next` that no event has come for yet, while none waits. */
  readonly #calls: ((result: Result) => void)[] = [];
  #ended = false;
  readonly #onEnd: (stream: EventStream) => void;
  readonly #isWanted: (event: PortEvent) => boolean;

  /** @param onEnd is told once that nobody reads any more */
  constructor(
    onEnd: (stream: EventStream) => void,
    { first = [], isWanted = () => true }: EventStreamOptions = {},
  ) {
    this.#onEnd = onEnd;
    this.#first = first.values();
    this.#isWanted = isWanted;
  }

  push(event: PortEvent): void {
    if (this.#ended || !this.#isWanted(event)) return;
    const answer = this.#calls.shift();
    if (answer !== undefined) answer({ done: false, value: event });
    else this.#keep(event);
  }

  /** No more will come; what waits is still read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(this);
    for (const answer of this.#calls.splice(0)) answer(END);
  }

  /** May be called again before the last call was answered: the calls are answered in their order. */
  next(): Promise<Result> {
    const value = this.#take();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#ended) return Promise.resolve(END);
    return new Promise((resolve) => this.#calls.push(resolve));
  }

  async return(): Promise<Result> {
    this.#first = [].values();
    this.#missing = undefined;
    this.#waiting = [];
    this.end();
    return END;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #keep(event: PortEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length <= WAITING_LIMIT) return;
    const { sequence, at } = this.#waiting.shift() ?? event;
    this.#missing = { type: 'missed', missed: true, count: (this.#missing?.count ?? 0) + 1, sequence, at };
  }

  #take(): StreamedEvent | undefined {
    const first = this.#first.next();
    if (!first.done) return first.value;
    const missing = this.#missing;
    this.#missing = undefined;
    return missing ?? this.#waiting.shift();
  }
}
