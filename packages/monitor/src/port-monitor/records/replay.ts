import { compareListeners, type Endpoint, findListener, type Listener, listenerKey } from '../../listener.js';
import type { ListenRecord } from '../doorbells/tracefs/parse-trace.js';
import type { Hearing } from './heard-closings.js';
import { endpointOf } from './record-endpoint.js';

/**
 * A closing takes a socket from where looks find it before it is recorded (tcp_set_state(), net/ipv4/tcp.c). So long its record
 * is waited for, at most, if a thread is kept waiting in between.
 */
const CLOSING_NS = 2_000_000_000n;

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
  /** The listeners of which the look can't tell what it saw, by their keys: they changed meanwhile, or it is not yet told where. */
  readonly unsettled: ReadonlyMap<string, Endpoint>;
  /** Whether one of these changed while the look went on, so that the next look can tell. */
  readonly isYoung: boolean;
  /** Of these, those that were open at the earlier look, and had closed before the later one began. */
  readonly ended: ReadonlySet<string>;
  /** The records of the unsettled since they were closed last, to be replayed with the next look. */
  readonly carried: readonly ListenRecord[];
  /** The last opening of a listener, by the listener's key: who did it, and with which descriptor. */
  readonly openers: ReadonlyMap<string, ListenRecord>;
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
 * @param hearingOf whether a closing was here: what depends on it is told if that was heard, and waits while it may be
 */
export function replayRecords(
  before: readonly Listener[],
  after: readonly Listener[],
  records: readonly ListenRecord[],
  { lookBeganNs, underWay = new Set() }: LookTime,
  hearingOf: (closing: ListenRecord) => Hearing,
): Replay {
  const transients: TransientListener[] = [];
  const reopened = new Set<string>();
  const unsettled = new Map<string, Endpoint>();
  const ended = new Set<string>();
  const carried: ListenRecord[] = [];
  const openers = new Map<string, ListenRecord>();
  let isYoung = false;
  for (const [key, { endpoint, records: recorded }] of recordsByEndpoint(records)) {
    const opening = recorded.findLast(({ type }) => type === 'opened');
    if (opening !== undefined) openers.set(key, opening);
    const socketsBefore = findListener(before, endpoint)?.sockets.length ?? 0;
    const isOpen = findListener(after, endpoint) !== undefined;
    const isOver = !recorded.some((record) => underWay.has(record));
    if (isOver && isWhatWasSeen(recorded, socketsBefore, isOpen)) continue;
    const isUnheard = (record: ListenRecord) =>
      record.type === 'closed' && !underWay.has(record) && hearingOf(record) === 'unheard';
    const all = withoutUnheard(recorded, isUnheard);
    if (isOver && isWhatWasSeen(all, socketsBefore, isOpen)) continue;
    const isYoungOne = (record: ListenRecord) => record.atNs > lookBeganNs;
    const isUnsettled = (record: ListenRecord) => isYoungOne(record) || underWay.has(record);
    const isMissing = (record: ListenRecord) =>
      !isOpen && record === all.at(-1) && record.type === 'opened' && record.atNs > lookBeganNs - CLOSING_NS;
    // Of several sockets one may close anywhere: nothing depends on that.
    const isOfWeight = transientsOf(all, socketsBefore).closings > 0;
    const isAwaited = (record: ListenRecord) =>
      isOfWeight && record.type === 'closed' && hearingOf(record) === 'waiting';
    // What the looks show without it was elsewhere, or has nothing to tell.
    const told = all.filter((record) => !isAwaited(record));
    if (told.length < all.length && !all.some(isUnsettled) && isWhatWasSeen(told, socketsBefore, isOpen))
      continue;
    const isUnsure = (record: ListenRecord) => isUnsettled(record) || isMissing(record) || isAwaited(record);
    const isSettled = !all.some(isUnsure);
    const own = isSettled ? all : untilClosed(all, socketsBefore, isUnsure);
    if (!isSettled) {
      if (socketsBefore > 0 || isOpen || all.some(isUnsettled)) unsettled.set(key, endpoint);
      isYoung ||= all.some(isYoungOne);
      for (const record of all.slice(own.length)) if (!underWay.has(record)) carried.push(record);
    }
    const found = transientsOf(own, socketsBefore);
    for (const transient of found.transients) transients.push(transient);
    if (socketsBefore === 0 || found.closings === 0) continue;
    if (!isSettled) ended.add(key);
    else if (isOpen) reopened.add(key);
  }
  transients.sort((a, b) => (a.opened.atNs < b.opened.atNs ? -1 : 1));
  return { transients, reopened, unsettled, isYoung, ended, carried, openers };
}

/** Whether the looks themselves show all of what was recorded, however close to the later one: one socket that came or went, or none. */
function isWhatWasSeen(
  records: readonly ListenRecord[],
  socketsBefore: number,
  isOpenAfter: boolean,
): boolean {
  if (records.length === 0) return socketsBefore > 0 === isOpenAfter;
  if (records.length > 1) return false;
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

/** In their order. */
function recordsByEndpoint(records: readonly ListenRecord[]): Map<string, EndpointRecords> {
  const byEndpoint = new Map<string, EndpointRecords>();
  for (const record of records) {
    const endpoint = endpointOf(record);
    const key = listenerKey(endpoint);
    const own = byEndpoint.get(key);
    if (own === undefined) byEndpoint.set(key, { endpoint, records: [record] });
    else own.records.push(record);
  }
  return byEndpoint;
}

/** What closed elsewhere, as far as anybody can tell, was opened there too: by the same process, if it did both. */
function withoutUnheard(
  records: readonly ListenRecord[],
  isUnheard: (record: ListenRecord) => boolean,
): readonly ListenRecord[] {
  if (!records.some(isUnheard)) return records;
  const left: ListenRecord[] = [];
  for (const record of records) {
    if (!isUnheard(record)) left.push(record);
    else {
      const opening = left.findLastIndex(({ type, pid }) => type === 'opened' && pid === record.pid);
      if (opening >= 0) left.splice(opening, 1);
    }
  }
  return left;
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
      if (opened !== undefined && !mayHaveFailed(opened, record)) transients.push({ opened, closed: record });
      opened = undefined;
    }
  }
  return { transients, closings };
}

/** What one thread opened and closed may be a listen() that failed, unless its call was recorded whole. */
function mayHaveFailed(opened: ListenRecord, closed: ListenRecord): boolean {
  return opened.descriptor === null && opened.thread === closed.thread;
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
