import { setImmediate } from 'node:timers/promises';
import { AT_ONCE } from '../../timing/in-turns.js';
import type { MissedEvents, PortEvent } from './event.js';
import { eventBytes } from './event-bytes.js';

/** What a reader is given: an event, or that some are missing. */
export type StreamedEvent = PortEvent | MissedEvents;

/**
 * An event in the chain of all that were published. A stream holds on to the link that its reader has read last, and so to all
 * that waits behind it. However many streams there are, each event waits once.
 */
export class EventLink {
  readonly event: PortEvent | undefined;
  /** How many bytes of events were published up to this one. */
  readonly publishedBytes: number;
  #next: EventLink | undefined;

  /** @param event undefined for the beginning of a chain */
  constructor(event?: PortEvent, publishedBytes = 0) {
    this.event = event;
    this.publishedBytes = publishedBytes;
  }

  get next(): EventLink | undefined {
    return this.#next;
  }

  append(event: PortEvent): EventLink {
    this.#next = new EventLink(event, this.publishedBytes + eventBytes(event, this.event));
    return this.#next;
  }
}

type Result = IteratorResult<StreamedEvent, undefined>;

const END = { done: true, value: undefined } as const;

/** What a stream has for its reader. */
export interface EventStreamOptions {
  /** The newest link: the reader is given what is published after it. */
  readonly after: EventLink;
  /** What the reader is given before that. It is all there already, so none of it is dropped, however much it is. */
  readonly first?: Iterable<StreamedEvent>;
  /** An event as this reader is given it; undefined if it is not for this reader. */
  readonly narrow?: (event: StreamedEvent) => StreamedEvent | undefined;
  /** Is told once that nobody reads any more. */
  readonly onEnd: (stream: EventStream) => void;
}

/** The events for one reader, who takes them at his own pace. */
export class EventStream implements AsyncIterableIterator<StreamedEvent> {
  #first: Iterator<StreamedEvent>;
  #missing: MissedEvents | undefined;
  /** The last one that the reader was given, or that was not for this reader. */
  #read: EventLink;
  /** The calls of `next` that no event has come for yet, while none waits. */
  readonly #calls: ((result: Result) => void)[] = [];
  #taken = 0;
  #ended = false;
  readonly #onEnd: (stream: EventStream) => void;
  readonly #narrow: (event: StreamedEvent) => StreamedEvent | undefined;

  constructor({ after, first = [], narrow = (event) => event, onEnd }: EventStreamOptions) {
    this.#read = after;
    this.#first = first[Symbol.iterator]();
    this.#narrow = narrow;
    this.#onEnd = onEnd;
  }

  /** Gives the reader what was published, if the reader waits for it. To be called for each event. */
  answer(): void {
    if (this.#calls.length === 0) return;
    const value = this.#take();
    if (value !== undefined) this.#calls.shift()?.({ done: false, value });
  }

  /** Drops the oldest events if more bytes of them wait than that. */
  limit(newest: EventLink, bytes: number): void {
    while (newest.publishedBytes - this.#read.publishedBytes > bytes) this.#drop();
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
    if (value !== undefined) {
      const result = { done: false, value } as const;
      // Who reads without a pause leaves the event loop to others now and then.
      return ++this.#taken % AT_ONCE === 0 ? setImmediate(result) : Promise.resolve(result);
    }
    if (this.#ended) return Promise.resolve(END);
    return new Promise((resolve) => this.#calls.push(resolve));
  }

  async return(): Promise<Result> {
    this.#first = [].values();
    this.#missing = undefined;
    this.#read = new EventLink();
    this.end();
    return END;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): StreamedEvent | undefined {
    for (let first = this.#first.next(); !first.done; first = this.#first.next()) {
      const event = this.#narrow(first.value);
      if (event !== undefined) return event;
    }
    const missing = this.#missing;
    this.#missing = undefined;
    return missing ?? this.#takePublished();
  }

  #takePublished(): StreamedEvent | undefined {
    while (this.#read.next !== undefined) {
      this.#read = this.#read.next;
      const event = this.#read.event && this.#narrow(this.#read.event);
      if (event !== undefined) return event;
    }
    return undefined;
  }

  #drop(): void {
    const dropped = this.#takePublished();
    if (dropped === undefined) return;
    const { sequence, at } = dropped;
    this.#missing = { type: 'missed', missed: true, count: (this.#missing?.count ?? 0) + 1, sequence, at };
  }
}
