import type { Listener } from '../../listener.js';
import type { SourceName } from '../../sources/source.js';

interface Published {
  /** Rises by one from event to event, whatever their types. */
  readonly sequence: number;
  /** The wall clock when it was reported. */
  readonly at: Date;
  /** Where it happened: `self`, `docker:web`. */
  readonly place: string;
}

/** A listener is there that was not there before. */
export interface OpenedEvent extends Published {
  readonly type: 'opened';
  readonly listener: Listener;
  /** It was gone again before anybody could look: only the kernel's record tells of it. */
  readonly transient?: true;
  /** It was open already when the reader came. The number is that of the last event before. */
  readonly initial?: true;
}

/** A listener is gone. */
export interface ClosedEvent extends Published {
  readonly type: 'closed';
  readonly listener: Listener;
  /** How long it was seen open; for what was there at the start, since the start. */
  readonly openMs: number;
  readonly transient?: true;
}

/** What is new about a listener that stayed: other sockets (another process took the port over), its processes, its owners. */
export type ListenerChange = 'sockets' | 'processes' | 'owners';

/** A listener stayed, and something about it changed. */
export interface ChangedEvent extends Published {
  readonly type: 'changed';
  readonly listener: Listener;
  readonly previous: Listener;
  /** How long it had been seen open by then; for what was there at the start, since the start. */
  readonly openMs: number;
  readonly changes: readonly ListenerChange[];
}

/**
 * Another source answers from now on, or again the same after none did; or, elsewhere, the connection broke. Nothing opens
 * or closes for it.
 */
export interface SourceEvent extends Published {
  readonly type: 'source';
  /** Null while a place elsewhere does not answer. */
  readonly source: SourceName | null;
  readonly previous: SourceName;
  readonly reason: string;
}

/**
 * A place came or went: a container was started or stopped, a network namespace was made or removed. What was open there is
 * told as `closed` before, what is open there as `opened` after that.
 */
export interface PlaceEvent extends Published {
  readonly type: 'place';
  readonly state: 'appeared' | 'gone';
  /** Why it is gone, where more is known than that. */
  readonly reason: string | null;
}

/** Something went wrong that the monitor survives; told once, until it is over. */
export interface ErrorEvent extends Published {
  readonly type: 'error';
  readonly error: Error;
}

/** What a monitor tells. */
export type PortEvent = OpenedEvent | ClosedEvent | ChangedEvent | SourceEvent | PlaceEvent | ErrorEvent;

/** An event as it happens, before it has its place, number and time. */
export type EventBody = PortEvent extends infer Event
  ? Event extends Published
    ? Omit<Event, keyof Published>
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
