import type { Listener } from '../listener.js';
import type { SourceName } from '../sources/source.js';

interface Numbered {
  /** Rises by one from event to event, whatever their types. */
  readonly sequence: number;
  /** The wall clock when it was reported. */
  readonly at: Date;
}

/** A listener is there that was not there before. */
export interface OpenedEvent extends Numbered {
  readonly type: 'opened';
  readonly listener: Listener;
  /** It was gone again before anybody could look: only the kernel's record tells of it. */
  readonly transient?: true;
  /** It was open already when the reader came. The number is that of the last event before. */
  readonly initial?: true;
}

/** A listener is gone. */
export interface ClosedEvent extends Numbered {
  readonly type: 'closed';
  readonly listener: Listener;
  /** How long it was seen open; for what was there at the start, since the start. */
  readonly openMs: number;
  readonly transient?: true;
}

/** What is new about a listener that stayed: other sockets (another process took the port over), its processes, its owners. */
export type ListenerChange = 'sockets' | 'processes' | 'owners';

/** A listener stayed, and something about it changed. */
export interface ChangedEvent extends Numbered {
  readonly type: 'changed';
  readonly listener: Listener;
  readonly previous: Listener;
  readonly changes: readonly ListenerChange[];
}

/**
 * Another source answers from now on, or again the same after none did. Nothing opens or closes for it.
 */
export interface SourceEvent extends Numbered {
  readonly type: 'source';
  readonly source: SourceName;
  readonly previous: SourceName;
  readonly reason: string;
}

/** Something went wrong that the monitor survives; told once, until it is over. */
export interface ErrorEvent extends Numbered {
  readonly type: 'error';
  readonly error: Error;
}

/** What a monitor tells. */
export type PortEvent = OpenedEvent | ClosedEvent | ChangedEvent | SourceEvent | ErrorEvent;

/** An event as it happens, before it has its number and time. */
export type Happening = PortEvent extends infer Event
  ? Event extends Numbered
    ? Omit<Event, keyof Numbered>
    : never
  : never;

/** Stands in a stream of events where some are missing. */
export interface MissedEvents {
  readonly type: 'missed';
  readonly missed: true;
  /** How many; null where only a time was given, from which they can't be counted. */
  readonly count: number | null;
  /** The number of the last one that is missing. */
  readonly sequence: number;
  readonly at: Date;
}
