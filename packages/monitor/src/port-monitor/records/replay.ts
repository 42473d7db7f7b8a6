import {
  compareListeners,
  type Endpoint,
  findListener,
  type Listener,
  listenerKey,
  SELF,
} from '../../listener.js';
import type { ListenRecord } from '../doorbells/tracefs/parse-trace.js';

/**
 * A closing takes a socket from where looks find it before it is recorded (tcp_set_state(), net/ipv4/tcp.c). So long its record
 * is waited for, at most, where a thread was kept waiting in between.
 */
const CLOSING_NS = 100_000_000n;

/** Whose network namespace a record is of. `unknown` where its process has ended since. */
export type RecordNamespace = 'own' | 'other' | 'unknown';

/** A listener that came and went between two looks: the records of its opening and of its closing. */
export interface TransientListener {
  readonly opened: ListenRecord;
  readonly closed: ListenRecord;
}

/** What the kernel's records tell beyond the difference of two looks. */
export interface Replay {
  readonly transients: readonly TransientListener[];
  /** The keys of listeners that were there at both looks, and closed and opened in between. */
  readonly reopened: ReadonlySet<string>;
  /** The listeners that changed while the look went on, so that it can't tell what it saw of them, by their keys. */
  readonly unsettled: ReadonlyMap<string, Endpoint>;
  /** Of these, those that were open at the earlier look, and had closed before the later one began. */
  readonly ended: ReadonlySet<string>;
  /** The records of the unsettled since they were closed last, to be replayed with the next look. */
  readonly carried: readonly ListenRecord[];
  /** Which process opened a listener, by the listener's key. */
  readonly openers: ReadonlyMap<string, number>;
}

/** What of the records a look can't be held against. */
export interface LookTime {
  /** When the look began, on the clock of the records. */
  readonly lookBeganNs: bigint;
  /** What was not over when the records were taken, and comes again if it is not taken back. */
  readonly underWay?: ReadonlySet<ListenRecord>;
}

/**
 * Plays the kernel's records through, from what was open at one look to what is open at the next. A look shows what
 * was recorded before it began, and may or may not show what was recorded meanwhile.
 *
 * @param before in the order of {@link compareListeners}, as is `after`
 */
export function replayRecords(
  before: readonly Listener[],
  after: readonly Listener[],
  records: readonly ListenRecord[],
  { lookBeganNs, underWay = new Set() }: LookTime,
  namespaceOf: (record: ListenRecord) => RecordNamespace,
): Replay {
  const transients: TransientListener[] = [];
  const reopened = new Set<string>();
  const unsettled = new Map<string, Endpoint>();
  const ended = new Set<string>();
  const carried: ListenRecord[] = [];
  const openers = new Map<string, number>();
  for (const [key, { endpoint, records: all }] of recordsByEndpoint(records, namespaceOf)) {
    const opening = all.findLast(({ type }) => type === 'opened');
    if (opening !== undefined) openers.set(key, opening.pid);
    const socketsBefore = findListener(before, endpoint)?.sockets.length ?? 0;
    const isOpenAfter = findListener(after, endpoint) !== undefined;
    const isOver = !all.some((record) => underWay.has(record));
    if (isOver && isWhatWasSeen(all, socketsBefore, isOpenAfter)) continue;
    const isMissing = (record: ListenRecord) =>
      !isOpenAfter &&
      record === all.at(-1) &&
      record.type === 'opened' &&
      record.atNs > lookBeganNs - CLOSING_NS &&
      namespaceOf(record) === 'own';
    const isUnsure = (record: ListenRecord) =>
      record.atNs > lookBeganNs || underWay.has(record) || isMissing(record);
    const isSettled = !all.some(isUnsure);
    const own = isSettled ? all : untilClosed(all, socketsBefore, isUnsure);
    // Who opened it is gone, and with him the answer to where that was: only the looks tell.
    const isPlaced = own.every((record) => record.type === 'closed' || namespaceOf(record) === 'own');
    if (!isSettled) {
      unsettled.set(key, endpoint);
      const isTold = isPlaced || socketsBefore === 0;
      for (const record of isTold ? all.slice(own.length) : all) {
        if (!underWay.has(record)) carried.push(record);
      }
    }
    if (!isPlaced) continue;
    const found = transientsOf(own, socketsBefore);
    for (const transient of found.transients) transients.push(transient);
    if (socketsBefore === 0 || found.closings === 0) continue;
    if (!isSettled) ended.add(key);
    else if (isOpenAfter) reopened.add(key);
  }
  transients.sort((a, b) => (a.opened.atNs < b.opened.atNs ? -1 : 1));
  return { transients, reopened, unsettled, ended, carried, openers };
}

/** Whether the looks themselves show all of what was recorded, however close to the later one: one socket that came or went. */
function isWhatWasSeen(
  records: readonly ListenRecord[],
  socketsBefore: number,
  isOpenAfter: boolean,
): boolean {
  if (records.length !== 1) return false;
  return records[0]?.type === 'opened'
    ? socketsBefore === 0 && isOpenAfter
    : socketsBefore === 1 && !isOpenAfter;
}

/** What is sure until the endpoint was closed last: of that nothing depends on what the look saw. */
function untilClosed(
  records: readonly ListenRecord[],
  socketsBefore: number,
  isUnsure: (record: ListenRecord) => boolean,
): readonly ListenRecord[] {
  let sockets = socketsBefore;
  let length = 0;
  for (const [i, record] of records.entries()) {
    if (isUnsure(record)) break;
    sockets = record.type === 'opened' ? sockets + 1 : Math.max(0, sockets - 1);
    if (sockets === 0) length = i + 1;
  }
  return records.slice(0, length);
}

interface EndpointRecords {
  readonly endpoint: Endpoint;
  readonly records: ListenRecord[];
}

/** The records that may be of the own namespace, in their order. */
function recordsByEndpoint(
  records: readonly ListenRecord[],
  namespaceOf: (record: ListenRecord) => RecordNamespace,
): Map<string, EndpointRecords> {
  const byEndpoint = new Map<string, EndpointRecords>();
  for (const record of records) {
    if (namespaceOf(record) === 'other') continue;
    const endpoint = endpointOf(record);
    const key = listenerKey(endpoint);
    const own = byEndpoint.get(key);
    if (own === undefined) byEndpoint.set(key, { endpoint, records: [record] });
    else own.records.push(record);
  }
  return byEndpoint;
}

/** The endpoint of a record; only TCP is recorded, and only what is of the own namespace is kept. */
export function endpointOf({ family, address, port }: ListenRecord): Endpoint {
  return { place: SELF, protocol: 'tcp', family, address, port };
}

/** An endpoint is open while one of its sockets is: with SO_REUSEPORT there are several. */
function transientsOf(
  records: readonly ListenRecord[],
  socketsBefore: number,
): { transients: TransientListener[]; closings: number } {
  const transients: TransientListener[] = [];
  let sockets = socketsBefore;
  let closings = 0;
  let opened: ListenRecord | undefined;
  for (const record of records) {
    if (record.type === 'opened') {
      if (sockets === 0) opened = record;
      sockets++;
    } else if (sockets > 0) {
      sockets--;
      if (sockets > 0) continue;
      closings++;
      if (opened !== undefined) transients.push({ opened, closed: record });
      opened = undefined;
    }
  }
  return { transients, closings };
}

/** The later look, but for listeners that can't be told from it: those are as they were, unless they ended before it. */
export function postpone(
  before: readonly Listener[],
  after: readonly Listener[],
  { unsettled, ended }: Pick<Replay, 'unsettled' | 'ended'>,
): readonly Listener[] {
  if (unsettled.size === 0) return after;
  const endpoints = [...unsettled.values()];
  const unsure = new Set(endpoints.map((endpoint) => findListener(after, endpoint)));
  const settled = after.filter((listener) => !unsure.has(listener));
  const kept = endpoints.flatMap((endpoint) => {
    return ended.has(listenerKey(endpoint)) ? [] : (findListener(before, endpoint) ?? []);
  });
  return [...settled, ...kept].sort(compareListeners);
}
