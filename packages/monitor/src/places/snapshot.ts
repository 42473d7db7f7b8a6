import type { Listener } from '../listener.js';
import type { SourceFailure, SourceName } from '../sources/source.js';

/** What was seen of one place. */
export interface PlaceLook {
  /** As it was asked for; of `all`, each network namespace by its own name. */
  readonly place: string;
  /** The source that answered; null if the place could not be looked at. */
  readonly source: SourceName | null;
  /** The sources of the chain that were tried before and failed; if none answered, all of them. */
  readonly failures: readonly SourceFailure[];
  /** Why it could not be looked at, in one line; null if it was. */
  readonly reason: string | null;
  /** Rows that could not be understood and were passed over. */
  readonly skipped: number;
}

/** One look at the listeners of one place or several. */
export interface Snapshot {
  /** In the order of `compareListeners`: by port, protocol, family, address and place. */
  readonly listeners: readonly Listener[];
  /** The source that answered, at the first place that could be looked at. */
  readonly source: SourceName;
  /** The sources of the chain that were tried before and failed, at that place. */
  readonly failures: readonly SourceFailure[];
  /** Rows that could not be understood and were passed over, at all places. */
  readonly skipped: number;
  /** What was looked at, in the order in which it was asked for. */
  readonly places: readonly PlaceLook[];
  readonly takenAt: Date;
  /** How long the look took, finding the processes included. */
  readonly durationMs: number;
}
