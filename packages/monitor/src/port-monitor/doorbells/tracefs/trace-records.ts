import { type ListenRecord, parseTraceLine } from './parse-trace.js';

/** Records that nobody takes are kept up to this many. */
const LIMIT = 100_000;
/** A listen() whose return was not recorded by then is one of io_uring, or of a 32-bit program, whose never is. */
const RETURN_LIMIT_NS = 100_000_000n;

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

/** What a piece of text told of, in the monitor's own network namespace. */
export interface TraceSummary {
  readonly listened: boolean;
  readonly bound: boolean;
  /** Records were lost, so that it may have been anything. */
  readonly lost: boolean;
  /** When the last of the records was made; 0 without any. A trace is told in the order of time. */
  readonly untilNs: bigint;
}

/** What is asked about threads. */
export interface Threads {
  /** The process of a thread; undefined where it has ended. */
  processOf(thread: number): number | undefined;
  /** Whether a thread is surely in another network namespace. */
  isForeign(thread: number): boolean;
}

interface Entry {
  readonly thread: number;
  readonly record: ListenRecord;
}

/** Gathers the records in the text of a trace, but for those that are of other network namespaces. */
export class TraceRecords {
  readonly #threads: Threads;
  readonly #limit: number;
  #rest = '';
  #entries: Entry[] = [];
  #lost = 0;
  /** Not every kernel tells that a listen() returned. */
  #tellsReturns = false;
  /** What each thread did since its last listen() returned. */
  readonly #unreturned = new Map<number, Entry[]>();
  /** The processes of the threads met since somebody asked last. */
  readonly #processes = new Map<number, number | undefined>();

  constructor(threads: Threads, limit = LIMIT) {
    this.#threads = threads;
    this.#limit = limit;
  }

  /** Adds the next piece of text, which may end within a line. */
  add(text: string): TraceSummary {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    const doings = { listened: false, bound: false, lost: false, untilNs: 0n };
    for (const text of lines) {
      const line = parseTraceLine(text);
      if (line === undefined) continue;
      if (line.kind === 'state') doings.untilNs = line.record.atNs;
      if (line.kind === 'lost') {
        doings.lost = true;
        this.#lost += line.count;
        this.#forgetUnfinished();
      } else if (!this.#threads.isForeign(line.thread)) {
        if (line.kind === 'bound') doings.bound = true;
        else if (line.kind === 'listened') {
          this.#tellsReturns = true;
          this.#returned(line.thread, line.failed);
        } else {
          doings.listened = true;
          this.#addRecord(line.thread, line.record);
        }
      }
    }
    return doings;
  }

  take(nowNs = process.hrtime.bigint()): TakenRecords {
    const held = new Set(this.#tellsReturns ? this.#unfinished(nowNs) : []);
    // CPUs are read one after the other, and records of the same microsecond stay in the order they were read.
    const records = recordsOf(this.#entries.filter((entry) => !held.has(entry)));
    const lost = this.#lost;
    this.#entries = [...held];
    this.#lost = 0;
    this.#unreturned.clear();
    for (const entry of held) this.#noteUnreturned(entry);
    this.#processes.clear();
    return { records, underWay: recordsOf(this.#entries), lost };
  }

  /** What threads did in a listen() that has not returned: it opened, and closed again where it is about to fail. */
  *#unfinished(nowNs: bigint): Generator<Entry, void> {
    for (const entries of this.#unreturned.values()) {
      const opening = entries.findLastIndex(({ record }) => record.type === 'opened');
      const since = entries[opening]?.record.atNs;
      if (since === undefined || since + RETURN_LIMIT_NS < nowNs || opening < entries.length - 2) continue;
      yield* entries.slice(opening);
    }
  }

  #addRecord(thread: number, record: ListenRecord): void {
    if (this.#entries.length >= this.#limit) this.#lost++;
    else this.#addEntry({ thread, record: this.#withProcess(thread, record) });
  }

  #addEntry(entry: Entry): void {
    this.#entries.push(entry);
    this.#noteUnreturned(entry);
  }

  #noteUnreturned(entry: Entry): void {
    const unreturned = this.#unreturned.get(entry.thread);
    if (unreturned === undefined) this.#unreturned.set(entry.thread, [entry]);
    else unreturned.push(entry);
  }

  /**
   * The kernel notes a thread's process only when the thread next leaves its CPU, which may be after its record was
   * read; until then it knows none, or that of an earlier thread of the same number.
   */
  #withProcess(thread: number, record: ListenRecord): ListenRecord {
    if (!this.#processes.has(thread)) this.#processes.set(thread, this.#threads.processOf(thread));
    return { ...record, pid: this.#processes.get(thread) ?? record.pid };
  }

  /**
   * A listen() that finds its port taken has been in TCP_LISTEN for a moment (inet_csk_listen_start(),
   * net/ipv4/inet_connection_sock.c), and nobody could have connected: it never was a listener.
   */
  #returned(thread: number, failed: boolean): void {
    const [opened, closed] = this.#unreturned.get(thread)?.slice(-2) ?? [];
    this.#unreturned.delete(thread);
    if (!failed || opened === undefined || closed === undefined) return;
    if (opened.record.type !== 'opened' || closed.record.type !== 'closed') return;
    if (!isSameEndpoint(opened.record, closed.record)) return;
    for (const entry of [opened, closed]) this.#drop(entry);
  }

  /** Whether a listen() failed may be among what was lost. What is open all the same, a look will show. */
  #forgetUnfinished(): void {
    if (this.#tellsReturns) for (const entry of this.#unfinished(0n)) this.#drop(entry);
    this.#unreturned.clear();
  }

  #drop(entry: Entry): void {
    this.#entries.splice(this.#entries.lastIndexOf(entry), 1);
  }
}

function recordsOf(entries: readonly Entry[]): ListenRecord[] {
  return entries.map(({ record }) => record).sort(byTime);
}

export function byTime(a: ListenRecord, b: ListenRecord): number {
  return a.atNs < b.atNs ? -1 : a.atNs > b.atNs ? 1 : 0;
}

function isSameEndpoint(a: ListenRecord, b: ListenRecord): boolean {
  return a.family === b.family && a.port === b.port && a.address === b.address;
}
