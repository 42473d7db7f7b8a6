import { type ListenRecord, parseTraceLine } from './parse-trace.js';
import type { ThreadNamespace } from './thread-namespaces.js';

/** Records that nobody takes are kept up to this many. */
const LIMIT = 100_000;
/** A listen() takes microseconds, if its thread has a CPU. Of one that has not returned by then, the outcome counts as unknown. */
const RETURN_LIMIT_NS = 2_000_000_000n;

/** What was recorded since somebody asked last. */
export interface TakenRecords {
  /** By time; an opening before the closing that follows it. */
  readonly records: readonly ListenRecord[];
  /** What a listen() that has not returned did: these come again, among the records, unless it fails. */
  readonly underWay: readonly ListenRecord[];
  /** How many events the kernel, or whoever did not take them, had to drop. */
  readonly lost: number;
}

export const NO_RECORDS: TakenRecords = { records: [], underWay: [], lost: 0 };

/** What was told of in the monitor's own network namespace, as far as threads tell. */
export interface TraceNews {
  readonly listened: boolean;
  readonly bound: boolean;
  /** Records were lost, so that it may have been anything. */
  readonly lost: boolean;
}

/** What is asked about threads. */
export interface Threads {
  /** The process of a thread; undefined where it has ended. */
  processOf(thread: number): number | undefined;
  namespaceOf(thread: number): ThreadNamespace;
}

interface Entry {
  readonly thread: number;
  record: ListenRecord;
}

/** A listen() that has not returned, and what the thread did in it. */
interface Call {
  readonly descriptor: number;
  readonly entries: Entry[];
}

/** Gathers the records in the text of a trace, but for those of threads that are in other network namespaces. */
export class TraceRecords {
  readonly #threads: Threads;
  readonly #limit: number;
  #rest = '';
  #entries: Entry[] = [];
  #lost = 0;
  /** How many entries there were when some were lost behind them. */
  #gaps: number[] = [];
  /** By the thread. */
  readonly #calls = new Map<number, Call>();
  /** The processes of the threads met since somebody asked last. */
  readonly #processes = new Map<number, number | undefined>();
  #news = { listened: false, bound: false, lost: false };
  /** What threads opened that have ended since, and nobody closed. */
  readonly #openedByEnded = new Set<string>();

  constructor(threads: Threads, limit = LIMIT) {
    this.#threads = threads;
    this.#limit = limit;
  }

  /**
   * Adds the next piece of text, which may end within a line.
   *
   * @returns when the last of the records in it was made; 0 without any. A trace is told in the order of time
   */
  add(text: string): bigint {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    let untilNs = 0n;
    for (const text of lines) {
      const line = parseTraceLine(text);
      if (line === undefined) continue;
      if (line.kind === 'state') {
        untilNs = line.record.atNs;
        this.#addRecord(line.record);
      } else if (line.kind === 'listening') {
        this.#calls.set(line.thread, { descriptor: line.descriptor, entries: [] });
      } else if (line.kind === 'listened') {
        this.#returned(line.thread, line.failed);
      } else if (line.kind === 'bound') {
        // What a thread bound that has ended is closed as well, or held by another, which a clock sees.
        if (this.#threads.namespaceOf(line.thread) === 'own') this.#news.bound = true;
      } else {
        this.#news.lost = true;
        this.#lost += line.count;
        this.#noteGap();
      }
    }
    return untilNs;
  }

  /** What there was to tell since the last call. */
  takeNews(): TraceNews {
    const news = { ...this.#news, listened: this.#news.listened || this.#openedByEnded.size > 0 };
    this.#news = { listened: false, bound: false, lost: false };
    this.#openedByEnded.clear();
    return news;
  }

  take(nowNs = process.hrtime.bigint()): TakenRecords {
    const held = this.#unfinished(nowNs);
    // CPUs are read one after the other, and records of the same microsecond stay in the order they were read.
    const entries = this.#gaps.length > 0 ? this.#withoutTorn() : this.#entries;
    const records = recordsOf(entries.filter((entry) => !held.has(entry)));
    const lost = this.#lost;
    this.#entries = [...held];
    this.#gaps = [];
    this.#lost = 0;
    this.#processes.clear();
    return { records, underWay: recordsOf(this.#entries), lost };
  }

  /** What threads did in a listen() that has not returned: it opened, and closed again where it is about to fail. */
  #unfinished(nowNs: bigint): Set<Entry> {
    const unfinished = new Set<Entry>();
    for (const [thread, { entries }] of this.#calls) {
      const since = entries[0]?.record.atNs;
      if (since === undefined) continue;
      if (since + RETURN_LIMIT_NS < nowNs) {
        for (const entry of entries) entry.record = { ...entry.record, descriptor: null };
        this.#calls.delete(thread);
      } else {
        for (const entry of entries) unfinished.add(entry);
      }
    }
    return unfinished;
  }

  #addRecord(record: ListenRecord): void {
    const { type, thread } = record;
    const namespace = this.#threads.namespaceOf(thread);
    if (namespace === 'other') return;
    if (namespace === 'own') this.#news.listened = true;
    else if (type === 'opened') this.#openedByEnded.add(endpointOf(record));
    else this.#openedByEnded.delete(endpointOf(record));
    if (this.#entries.length >= this.#limit) {
      this.#lost++;
      return;
    }
    const call = this.#calls.get(thread);
    const pid = this.#processOf(thread) ?? record.pid;
    const descriptor = type === 'opened' ? (call?.descriptor ?? null) : null;
    const entry = { thread, record: { ...record, pid, isOwn: namespace === 'own', descriptor } };
    this.#entries.push(entry);
    call?.entries.push(entry);
  }

  /**
   * The kernel notes a thread's process only when the thread next leaves its CPU, which may be after its record was
   * read; until then it knows none, or that of an earlier thread of the same number.
   */
  #processOf(thread: number): number | undefined {
    if (!this.#processes.has(thread)) this.#processes.set(thread, this.#threads.processOf(thread));
    return this.#processes.get(thread);
  }

  /**
   * A listen() that finds its port taken has been in TCP_LISTEN for a moment (inet_csk_listen_start(),
   * net/ipv4/inet_connection_sock.c), and nobody could have connected: it never was a listener.
   */
  #returned(thread: number, failed: boolean): void {
    const call = this.#calls.get(thread);
    this.#calls.delete(thread);
    if (call === undefined || call.entries.length === 0) return;
    if (failed) for (const entry of call.entries) this.#drop(entry);
    else this.#news.listened = true;
  }

  /** Whether a listen() failed may be among what was lost. */
  #noteGap(): void {
    for (const { entries } of this.#calls.values()) for (const entry of entries) this.#drop(entry);
    this.#calls.clear();
    this.#gaps.push(this.#entries.length);
  }

  /** Without what opened before a gap and did not close before it: that may be lost. What is open all the same, a look will show. */
  #withoutTorn(): Entry[] {
    const gaps = new Set(this.#gaps);
    const left: Entry[] = [];
    const closedLater = new Set<string>();
    const lastGap = this.#gaps.at(-1) ?? 0;
    for (let i = lastGap - 1; i >= 0; i--) {
      const entry = this.#entries[i];
      if (entry === undefined) continue;
      if (gaps.has(i + 1)) closedLater.clear();
      const endpoint = endpointOf(entry.record);
      if (entry.record.type === 'closed') closedLater.add(endpoint);
      if (closedLater.has(endpoint)) left.push(entry);
    }
    return [...left.reverse(), ...this.#entries.slice(lastGap)];
  }

  #drop(entry: Entry): void {
    const index = this.#entries.lastIndexOf(entry);
    if (index >= 0) this.#entries.splice(index, 1);
  }
}

function recordsOf(entries: readonly Entry[]): ListenRecord[] {
  return entries.map(({ record }) => record).sort(byTime);
}

export function byTime(a: ListenRecord, b: ListenRecord): number {
  return a.atNs < b.atNs ? -1 : a.atNs > b.atNs ? 1 : 0;
}

function endpointOf({ address, port }: ListenRecord): string {
  return `${address} ${port}`;
}
