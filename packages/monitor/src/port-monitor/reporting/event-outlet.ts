import { EventEmitter } from 'node:events';
import type { Listener } from '../../listener.js';
import type {
  ChangedEvent,
  ClosedEvent,
  ErrorEvent,
  EventBody,
  OpenedEvent,
  PlaceEvent,
  PortEvent,
  SourceEvent,
} from './event.js';
import { EventRing, type RecentEvents } from './event-ring.js';
import { EventLink, EventStream, type StreamedEvent } from './event-stream.js';
import { narrowEvent } from './narrow-event.js';

/**
 * How many bytes of events wait for a slow reader before the oldest of them are dropped, as `eventBytes` counts them. These are
 * some 55,000 events if each has a process of its own, and 90,000 if all have the same.
 */
const WAITING_LIMIT = 64 * 2 ** 20;

/** The events of a monitor, by name, with what a listener for them is called with. */
export interface PortMonitorEvents {
  opened: [event: OpenedEvent];
  closed: [event: ClosedEvent];
  changed: [event: ChangedEvent];
  source: [event: SourceEvent];
  place: [event: PlaceEvent];
  error: [event: ErrorEvent];
}

/** Which events a reader is given. */
export interface OutletStreamOptions {
  /** Those after that number or time come first, as far as they are remembered. */
  readonly since?: number | Date | undefined;
  /** What is open comes first. What happened before is in that, and `since` has no effect then. */
  readonly initial?: readonly Listener[] | undefined;
  /** Which listeners the reader wants to know of; undefined if all. */
  readonly isWanted?: ((listener: Listener) => boolean) | undefined;
}

/** Numbers events and hands them to all who want them: callbacks, streams, and the ring for those who come later. */
export class EventOutlet {
  readonly emitter = new EventEmitter<PortMonitorEvents>();
  readonly #ring: EventRing;
  readonly #streams = new Set<EventStream>();
  /** The newest event that streams were told of. */
  #newest = new EventLink();
  /** The newest event when it was last seen which readers are too far behind; undefined if there is none since. */
  #unlimitedSince: EventLink | undefined;
  /** The most bytes of events that were published without a turn for their readers. */
  #longestStretch = 0;
  #ended = false;

  /** @param history how many events are remembered */
  constructor(history: number) {
    this.#ring = new EventRing(history);
  }

  /** The number of the newest event. */
  get last(): number {
    return this.#ring.last;
  }

  /**
   * Tells of an event, and returns it.
   *
   * @param body becomes the event: a copy takes ten times as long
   */
  publish(body: EventBody & Pick<PortEvent, 'place'>): PortEvent {
    const event = Object.assign(body, { sequence: this.#ring.last + 1, at: new Date() }) as PortEvent;
    this.#ring.add(event);
    if (this.#streams.size > 0) this.#tellStreams(event);
    // An error that nobody listens for is no reason to end the program: the monitor goes on.
    if (event.type === 'error' && this.emitter.listenerCount('error') === 0) return event;
    try {
      this.emitter.emit(event.type, event as never);
    } catch (error) {
      // The callback's own failure, as with any emitter: what others are still to be told does not suffer from it.
      process.nextTick(() => {
        throw error;
      });
    }
    return event;
  }

  recent(since?: number | Date): RecentEvents {
    return this.#ring.since(since);
  }

  /** A stream of what is published from now on, after what the reader begins with. */
  stream({ since, initial, isWanted }: OutletStreamOptions = {}): AsyncIterableIterator<StreamedEvent> {
    const stream = new EventStream({
      after: this.#newest,
      first: initial === undefined ? this.#replay(since) : initialEvents(initial, this.last),
      ...(isWanted && { narrow: (event: StreamedEvent) => narrowEvent(event, isWanted) }),
      onEnd: (ended) => this.#streams.delete(ended),
    });
    if (this.#ended) stream.end();
    else this.#streams.add(stream);
    return stream;
  }

  /** The streams end; what is remembered stays. */
  end(): void {
    this.#ended = true;
    for (const stream of this.#streams) stream.end();
  }

  #tellStreams(event: PortEvent): void {
    const before = this.#newest;
    this.#newest = before.append(event);
    for (const stream of this.#streams) stream.answer();
    this.#unlimitedSince ??= before;
    if (before === this.#unlimitedSince) setImmediate(() => this.#limitStreams()).unref();
  }

  /** What was published in one stretch comes on top: who got no turn to read meanwhile is not slow. */
  #limitStreams(): void {
    const stretch = this.#newest.publishedBytes - (this.#unlimitedSince ?? this.#newest).publishedBytes;
    this.#unlimitedSince = undefined;
    this.#longestStretch = Math.max(this.#longestStretch, stretch);
    for (const stream of this.#streams) stream.limit(this.#newest, WAITING_LIMIT + this.#longestStretch);
  }

  #replay(since: number | Date | undefined): readonly StreamedEvent[] {
    if (since === undefined) return [];
    const { events, missed } = this.#ring.since(since);
    if (!missed) return events;
    const sequence = (events[0]?.sequence ?? this.last + 1) - 1;
    const count = since instanceof Date ? null : sequence - since;
    return [{ type: 'missed', missed: true, count, sequence, at: new Date() }, ...events];
  }
}

/** Made one by one as they are read: a reader who stands still holds no event for each. */
function* initialEvents(listeners: readonly Listener[], sequence: number): Generator<StreamedEvent, void> {
  const at = new Date();
  for (const listener of listeners)
    yield { type: 'opened', initial: true, listener, place: listener.place, sequence, at };
}
