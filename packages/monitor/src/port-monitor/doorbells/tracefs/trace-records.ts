import { type ListenRecord, parseTraceLine } from './parse-trace.js';

/** Records that nobody takes are kept up to this many. */
const LIMIT = 100_000;

/** What was recorded since somebody asked last. */
export interface TakenRecords {
  /** By time; an opening before the closing that follows it. */
  readonly records: readonly ListenRecord[];
  /** How many events the kernel, or whoever did not take them, had to drop. */
  readonly lost: number;
}

/** What a piece of text told of, in the monitor's own network namespace. */
export interface Doings {
  readonly listened: boolean;
  readonly bound: boolean;
  /** Records were lost, so that it may have been anything. */
  readonly lost: boolean;
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
  /** What each thread did since its last listen() returned. */
  readonly #unreturned = new Map<number, Entry[]>();
  /** The processes of the threads met since somebody asked last. */
  readonly #processes = new Map<number, number | undefined>();

  constructor(threads: Threads, limit = LIMIT) {
    this.#threads = threads;
    this.#limit = limit;
  }

  /** Adds the next piece of text, which may end within a line. */
  add(text: string): Doings {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    const doings = { listened: false, bound: false, lost: false };
    for (const text of lines) {
      const line = parseTraceLine(text);
      if (line === undefined) continue;
      if (line.kind === 'lost') {
        doings.lost = true;
        this.#lost += line.count;
      } else if (!this.#threads.isForeign(line.thread)) {
        if (line.kind === 'bound') doings.bound = true;
        else if (line.kind === 'listened') this.#returned(line.thread, line.failed);
        else {
          doings.listened = true;
          this.#addRecord(line.thread, line.record);
        }
      }
    }
    return doings;
  }

  take(): TakenRecords {
    // CPUs are read one after the other, and records of the same microsecond stay in the order they were read.
    const records = this.#entries.map(({ record }) => record).sort(byTime);
    const lost = this.#lost;
    this.#entries = [];
    this.#lost = 0;
    this.#unreturned.clear();
    this.#processes.clear();
    return { records, lost };
  }

  #addRecord(thread: number, record: ListenRecord): void {
    if (this.#entries.length >= this.#limit) this.#lost++;
    else this.#addEntry({ thread, record: this.#withProcess(thread, record) });
  }

  #addEntry(entry: Entry): void {
    this.#entries.push(entry);
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
    for (const entry of [opened, closed]) this.#entries.splice(this.#entries.lastIndexOf(entry), 1);
  }
}

function byTime(a: ListenRecord, b: ListenRecord): number {
  return a.atNs < b.atNs ? -1 : a.atNs > b.atNs ? 1 : 0;
}

function isSameEndpoint(a: ListenRecord, b: ListenRecord): boolean {
  return a.family === b.family && a.port === b.port && a.address === b.address;
}
