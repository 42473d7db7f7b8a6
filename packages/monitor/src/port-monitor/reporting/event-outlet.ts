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
import { EventStream, type StreamedEvent } from './event-stream.js';

/** The events of a monitor, by name, with what a listener for them is called with. */
export interface PortMonitorEvents {
  opened: [event: OpenedEvent];
  closed: [event: ClosedEvent];
  changed: [event: ChangedEvent];
  source: [event: SourceEvent];
  place: [event: PlaceEvent];
  error: [event: ErrorEvent];
}

/** Numbers events and hands them to all who want them: callbacks, streams, and the ring for those who come later. */
export class EventOutlet {
  readonly emitter = new EventEmitter<PortMonitorEvents>();
  readonly #ring: EventRing;
  readonly #streams = new Set<EventStream>();
  #ended = false;

  /** @param history how many events are remembered */
  constructor(history: number) {
    this.#ring = new EventRing(history);
  }

  /** The number of the newest event. */
  get last(): number {
    return this.#ring.last;
  }

  publish(happening: EventBody & Pick<PortEvent, 'place'>): PortEvent {
    const event = { ...happening, sequence: this.#ring.last + 1, at: new Date() } as PortEvent;
    this.#ring.add(event);
    for (const stream of this.#streams) stream.push(event);
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

  /**
   * A stream from now on, or from `since` as far as remembered, with `initial` put before it.
   *
   * @param isWanted which events it has
   */
  stream(
    since: number | Date | undefined,
    initial: readonly Listener[],
    isWanted: (event: StreamedEvent) => boolean = () => true,
  ): AsyncIterableIterator<StreamedEvent> {
    const replay = since === undefined ? [] : this.#replay(since);
    const first = [...this.#asEvents(initial), ...replay].filter(isWanted);
    const stream = new EventStream((ended) => this.#streams.delete(ended), { first, isWanted });
    if (this.#ended) stream.end();
    else this.#streams.add(stream);
    return stream;
  }

  /** The streams end; what is remembered stays. */
  end(): void {
    this.#ended = true;
    for (const stream of this.#streams) stream.end();
  }

  #asEvents(initial: readonly Listener[]): StreamedEvent[] {
    const sequence = this.last;
    const at = new Date();
    return initial.map((listener) => {
      return { type: 'opened', initial: true, listener, place: listener.place, sequence, at };
    });
  }

  #replay(since: number | Date): readonly StreamedEvent[] {
    const { events, missed } = this.#ring.since(since);
    if (!missed) return events;
    const sequence = (events[0]?.sequence ?? this.last + 1) - 1;
    const count = since instanceof Date ? null : sequence - since;
    return [{ type: 'missed', missed: true, count, sequence, at: new Date() }, ...events];
  }
}
