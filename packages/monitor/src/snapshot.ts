import type { Listener } from './listener.js';
import type { SourceName } from './sources/source.js';

/** Why a source did not answer. */
export interface SourceFailure {
  readonly source: SourceName;
  readonly reason: string;
}

/** One look at the machine's listeners. */
export interface Snapshot {
  /** In the order of `compareListeners`: by port, protocol, family and address. */
  readonly listeners: readonly Listener[];
  /** The source that answered. */
  readonly source: SourceName;
  /** The sources of the chain that were tried before and failed. */
  readonly failures: readonly SourceFailure[];
  /** Rows that could not be understood and were passed over. */
  readonly skipped: number;
  readonly takenAt: Date;
  /** How long the look took, finding the processes included. */
  readonly durationMs: number;
}
