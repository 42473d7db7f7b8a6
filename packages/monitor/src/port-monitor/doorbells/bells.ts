import type { SourceName } from '../../sources/source.js';
import type { DoorbellName, Ring } from './doorbell.js';
import type { TakenRecords } from './tracefs/trace-records.js';

/** What tells the watch of a site that it is time to look. */
export interface Bells {
  /** The best one that rings; undefined before the start and after the end. */
  readonly best: DoorbellName | undefined;

  /**
   * @param ring says that it may be time to look
   * @param look looks now; for who wants to wait until that is over. Undefined where nothing has changed, which is known
   *   at once
   * @throws DoorbellError where the one that was asked for can't be had
   */
  start(ring: Ring, look: () => Promise<unknown> | undefined): Promise<void>;
  stop(): Promise<void>;

  /** What the kernel recorded since the last call. */
  takeRecords(): TakenRecords;
  /** Is told what the source took for a look, in milliseconds. */
  lookTook(ms: number): void;
  /** Is told that a look found something open, or no longer so. */
  foundNews(): void;
  /** Is told which source answers. */
  noteSource(source: SourceName): void;
}

export const NO_RECORDS: TakenRecords = { records: [], underWay: [], lost: 0 };
