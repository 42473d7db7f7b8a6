import { isInitialPidNamespace } from '../../kernel/namespaces/initial-namespaces.js';
import { networkNamespaceOf } from '../../kernel/namespaces/namespace-identity.js';
import type { Listener } from '../../listener.js';
import type { ListenRecord } from '../doorbells/tracefs/parse-trace.js';
import { byTime, NO_RECORDS, type TakenRecords } from '../doorbells/tracefs/trace-records.js';
import { type RecordNamespace, type Replay, replayRecords } from './replay.js';

/**
 * How long before a look, in milliseconds, a record must have been made for the look to show what it tells: the kernel
 * records that a socket begins to listen a moment before it puts it where a look finds it.
 */
export const SETTLING_MS = 1;

const NOTHING: Replay = {
  transients: [],
  reopened: new Set(),
  unsettled: new Map(),
  ended: new Set(),
  carried: [],
  openers: new Map(),
};

/** Where the kernel's records come from. */
export interface RecordSource {
  /** What was recorded since the last call. */
  takeRecords(): TakenRecords;
}

/** Keeps the kernel's records from look to look, and tells what they know of the time between. */
export class RecordsBetweenLooks {
  readonly #source: RecordSource | undefined;
  #carried: readonly ListenRecord[] = [];
  #lookBeganNs = 0n;

  /** @param source undefined if nothing records */
  constructor(source: RecordSource | undefined) {
    this.#source = source;
  }

  /** To be called before the look that {@link replay} is then asked about. */
  lookBegins(): void {
    this.#lookBeganNs = process.hrtime.bigint() - BigInt(SETTLING_MS * 1e6);
  }

  /** What happened between two looks, and how many records were lost. */
  replay(before: readonly Listener[], after: readonly Listener[]): Replay & { readonly lost: number } {
    const { records, underWay, lost } = this.#source?.takeRecords() ?? NO_RECORDS;
    const all = [...this.#carried, ...records, ...underWay];
    if (all.length === 0 || !isInitialPidNamespace()) return { ...NOTHING, lost };
    if (underWay.length > 0) all.sort(byTime);
    const time = { lookBeganNs: this.#lookBeganNs, underWay: new Set(underWay) };
    const replayed = replayRecords(before, after, all, time, namespaceFinder());
    this.#carried = replayed.carried;
    return { ...replayed, lost };
  }
}

/** A record names the process but not its network namespace, which is asked for once. */
function namespaceFinder(): (record: ListenRecord) => RecordNamespace {
  const ofThisProcess = networkNamespaceOf('self');
  const known = new Map<number, RecordNamespace>();
  return ({ pid }) => {
    let answer = known.get(pid);
    if (answer === undefined) {
      const namespace = networkNamespaceOf(pid);
      answer = namespace === undefined ? 'unknown' : namespace === ofThisProcess ? 'own' : 'other';
      known.set(pid, answer);
    }
    return answer;
  };
}
