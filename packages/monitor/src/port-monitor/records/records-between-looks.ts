import { isInitialPidNamespace } from '../../kernel/namespaces/initial-namespaces.js';
import { findListener, type Listener } from '../../listener.js';
import { NOTHING_TAKEN, type TakenFromKernel } from '../doorbells/site-doorbells.js';
import type { ListenRecord } from '../doorbells/tracefs/parse-trace.js';
import { byTime } from '../doorbells/tracefs/trace-records.js';
import { HeardClosings } from './heard-closings.js';
import { endpointOf } from './record-endpoint.js';
import { type Replay, replayRecords } from './replay.js';

/**
 * How long before a look, in milliseconds, a record must have been made for the look to show what it tells: the kernel
 * records that a socket begins to listen a moment before it puts it where a look finds it.
 */
export const SETTLING_MS = 1;

const NOTHING: Replay = {
  transients: [],
  reopened: new Set(),
  unsettled: new Map(),
  isYoung: false,
  ended: new Set(),
  carried: [],
  openers: new Map(),
};

/** Where the kernel's records come from. */
export interface RecordSource {
  /** What was recorded since the last call. */
  takeRecords(): Promise<TakenFromKernel>;
}

/** Keeps the kernel's records from look to look, and tells what they know of the time between. */
export class RecordsBetweenLooks {
  readonly #source: RecordSource | undefined;
  readonly #heard = new HeardClosings();
  #carried: readonly ListenRecord[] = [];
  #lookBeganNs = 0n;
  #hasUnsettled = false;
  /** Records were lost that the look before may have shown, or not. */
  #isAfterLoss = false;

  /** @param source undefined if nothing records */
  constructor(source: RecordSource | undefined) {
    this.#source = source;
  }

  /** Whether the last look could not tell what it saw of something. */
  get hasUnsettled(): boolean {
    return this.#hasUnsettled;
  }

  /** Whether it is yet to be told where something closed that was recorded since. */
  isWaiting(sinceNs: bigint): boolean {
    return this.#carried.some(
      (record) => record.atNs >= sinceNs && this.#heard.hearing(record) === 'waiting',
    );
  }

  /** To be called before the look that {@link replay} is then asked about. */
  lookBegins(): void {
    this.#lookBeganNs = process.hrtime.bigint() - BigInt(SETTLING_MS * 1e6);
  }

  /** What happened between two looks, and how many records were lost. */
  async replay(
    before: readonly Listener[],
    after: readonly Listener[],
  ): Promise<Replay & { readonly lost: number }> {
    const { records, underWay, endings, missed, ...taken } =
      (await this.#source?.takeRecords()) ?? NOTHING_TAKEN;
    this.#heard.add(records, endings, process.hrtime.bigint());
    const lost = taken.lost + (missed ? this.#heard.giveUp() : 0);
    const all = this.#withoutGaps([...this.#carried, ...records, ...underWay], before, after, taken.lost > 0);
    this.#carried = [];
    this.#hasUnsettled = false;
    if (all.length === 0 || !isInitialPidNamespace()) return { ...NOTHING, lost };
    if (underWay.length > 0) all.sort(byTime);
    const time = { lookBeganNs: this.#lookBeganNs, underWay: new Set(underWay) };
    const replayed = replayRecords(before, after, all, time, (closing) => this.#heard.hearing(closing));
    this.#carried = replayed.carried;
    this.#hasUnsettled = replayed.unsettled.size > 0;
    return { ...replayed, lost };
  }

  /**
   * If records are missing, only looks tell of what these have seen. The look that begins after the loss settles what was
   * recorded before it.
   */
  #withoutGaps(
    records: ListenRecord[],
    before: readonly Listener[],
    after: readonly Listener[],
    isLossy: boolean,
  ): ListenRecord[] {
    const wasLossy = this.#isAfterLoss;
    this.#isAfterLoss = isLossy;
    if (!isLossy && !wasLossy) return records;
    const isSeen = (record: ListenRecord) =>
      [before, after].some((seen) => findListener(seen, endpointOf(record)) !== undefined);
    const isSettled = ({ atNs }: ListenRecord) => isLossy || atNs <= this.#lookBeganNs;
    return records.filter((record) => !isSettled(record) || !isSeen(record));
  }
}
