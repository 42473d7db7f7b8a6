import { isInitialPidNamespace } from '../../kernel/namespaces/initial-namespaces.js';
import { networkNamespaceOf } from '../../kernel/namespaces/namespace-identity.js';
import type { Listener } from '../../listener.js';
import type { ListenRecord } from '../doorbells/tracefs/parse-trace.js';
import { byTime, type TakenRecords } from '../doorbells/tracefs/trace-records.js';
import { type RecordNamespace, type Replay, replay } from './replay.js';

/**
 * How long before a look, in milliseconds, a record must have been made for the look to show what it tells: the kernel
 * records that a socket begins to listen a moment before it puts it where a look finds it.
 */
export const SETTLING_MS = 1;

const NOTHING: Replay = {
  passages: [],
  reopened: new Set(),
  unsettled: new Set(),
  ended: new Set(),
  carried: [],
  openers: new Map(),
};

/** Keeps the kernel's records from look to look, and tells what they know of the time between. */
export class RecordsBetweenLooks {
  readonly #takeRecords: () => TakenRecords;
  #carried: readonly ListenRecord[] = [];
  #lookBeganNs = 0n;

  constructor(takeRecords: () => TakenRecords) {
    this.#takeRecords = takeRecords;
  }

  /** To be called before the look that {@link testify} is then asked about. */
  lookBegins(): void {
    this.#lookBeganNs = process.hrtime.bigint() - BigInt(SETTLING_MS * 1e6);
  }

  /** What happened between two looks, and how many records were lost. */
  testify(before: readonly Listener[], after: readonly Listener[]): Replay & { readonly lost: number } {
    const { records, underWay, lost } = this.#takeRecords();
    const all = [...this.#carried, ...records, ...underWay];
    if (all.length === 0 || !isInitialPidNamespace()) return { ...NOTHING, lost };
    if (underWay.length > 0) all.sort(byTime);
    const meanwhile = { lookBeganNs: this.#lookBeganNs, underWay: new Set(underWay) };
    const told = replay(before, after, all, meanwhile, placeFinder());
    this.#carried = told.carried;
    return { ...told, lost };
  }
}

/** A record names the process but not its network namespace, which is asked for once. */
function placeFinder(): (record: ListenRecord) => RecordNamespace {
  const own = networkNamespaceOf('self');
  const places = new Map<number, RecordNamespace>();
  return ({ pid }) => {
    let place = places.get(pid);
    if (place === undefined) {
      const namespace = networkNamespaceOf(pid);
      place = namespace === undefined ? 'unknown' : namespace === own ? 'own' : 'other';
      places.set(pid, place);
    }
    return place;
  };
}
