import type { Listener } from '../listener.js';
import type { SeenProcess } from '../processes/process.js';

/** The sources there are, best first. */
export const SOURCE_NAMES = ['netlink', 'proc', 'ss', 'lsof'] as const;

/** The name of a source. */
export type SourceName = (typeof SOURCE_NAMES)[number];

/** Why a source did not answer. */
export interface SourceFailure {
  readonly source: SourceName;
  readonly reason: string;
}

/**
 * A way to learn what listens. It holds what it needs between looks (a socket, open files), opened by the
 * first look.
 */
export interface Source {
  readonly name: SourceName;
  /**
   * Looks once. An answer that has not changed since the last look is the same object again, so that a
   * caller who compares by identity has nothing to do.
   *
   * @throws SourceError when this source can't answer; the next look starts afresh
   */
  look(signal?: AbortSignal): Promise<SourceAnswer> | SourceAnswer;
  /**
   * Whether a look would give the same answer as the last one, if that is known at once. If it would not, or would fail,
   * the look is still to be made.
   */
  isUnchanged?(): boolean;
  /** Lets go of what it holds. It may be looked through again. */
  close(): void;
}

/** What a source saw. */
export interface SourceAnswer {
  readonly listeners: readonly Listener[];
  /** Rows that could not be understood and were passed over. */
  readonly skipped: number;
  /** What the source itself tells of the processes in `sockets[].pids`, by pid; only a source that goes by processes does. */
  readonly processes?: ReadonlyMap<number, SeenProcess> | undefined;
}
