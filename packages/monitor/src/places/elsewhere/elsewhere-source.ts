import { type BoundSocket, groupSockets } from '../../listener.js';
import type { Process } from '../../processes/process.js';
import { safeLine } from '../../programs/safe-line.js';
import type { Source, SourceAnswer } from '../../sources/source.js';
import { SourceError } from '../../sources/source-error.js';
import { withinTime } from '../../timing/time-limit.js';
import { askHolders, type HoldersByInode, inodesOf } from './ask-holders.js';
import { isSameTables, socketsIn } from './parse-tables.js';
import { type SeenTables, TableReader } from './table-reader.js';
import type { Transport } from './transport.js';

/** How long a look may take. */
const LOOK_LIMIT_MS = 10_000;
/** How much of it may pass until it is known who holds the sockets. */
const HOLDERS_LIMIT_MS = 5000;

/** Where to look, and how it is reached. */
export interface ElsewhereOptions {
  /** What is written on its listeners. */
  readonly place: string;
  readonly transport: Transport;
  /** Whether to tell who holds the sockets, which takes a shell and `ls` there (see `processesElsewhere()`). */
  readonly processes: boolean;
}

/** The holders of a set of sockets. */
interface FoundHolders {
  readonly inodes: ReadonlySet<number>;
  /** Undefined if they can't be known. */
  readonly byInode: HoldersByInode | undefined;
}

/** The last answer, and what it was made of. */
interface LastAnswer {
  readonly seen: SeenTables;
  readonly parsed: ReturnType<typeof socketsIn>;
  readonly holders: FoundHolders | undefined;
  readonly answer: SourceAnswer;
}

/**
 * Reads /proc/net/{tcp,tcp6,udp,udp6} of another place, which needs to have `cat`. With a POSIX `sh` there, one process
 * answers every look and says nothing of what has not changed; otherwise a look is one `cat`. What comes back is bounded in
 * time and size, and nothing of it is run, or printed as it is.
 */
export class ElsewhereSource implements Source {
  readonly name = 'proc';
  readonly #options: ElsewhereOptions;
  readonly #reader: TableReader;
  #holders: FoundHolders | undefined;
  #last: LastAnswer | undefined;

  constructor(options: ElsewhereOptions) {
    this.#options = options;
    this.#reader = new TableReader(options.transport);
  }

  async look(signal?: AbortSignal): Promise<SourceAnswer> {
    const late = () => new Error(`no answer within ${LOOK_LIMIT_MS / 1000} s`);
    try {
      return await withinTime(LOOK_LIMIT_MS, signal, late, (stop) => this.#look(stop));
    } catch (error) {
      this.#startAfresh();
      signal?.throwIfAborted();
      const reason = safeLine(error instanceof Error ? error.message : String(error));
      throw new SourceError(this.name, reason, { cause: error });
    }
  }

  close(): void {
    this.#startAfresh();
    this.#last = undefined;
    this.#options.transport.close().catch(() => {
      // What it held is lost anyway.
    });
  }

  #startAfresh(): void {
    this.#reader.startAfresh();
    this.#holders = undefined;
  }

  async #look(signal: AbortSignal): Promise<SourceAnswer> {
    const seen = await this.#reader.read(signal);
    const last = this.#last !== undefined && isSame(this.#last.seen, seen) ? this.#last : undefined;
    const parsed = last?.parsed ?? socketsIn(seen.tables, seen.littleEndian);
    if (last === undefined || this.#holders === undefined) await this.#findHolders(parsed.sockets, signal);
    if (last !== undefined && last.holders === this.#holders) return last.answer;
    const sockets = parsed.sockets.map((socket) => withHolders(socket, this.#holders?.byInode));
    const { place } = this.#options;
    const { ephemeral, skipped } = parsed;
    const listeners = groupSockets(sockets, { place, ephemeral });
    const byInode = this.#holders?.byInode;
    const answer = { listeners, skipped, processes: byInode && processesIn(byInode) };
    this.#last = { seen, parsed, holders: this.#holders, answer };
    return answer;
  }

  /** Those of the same sockets are not asked for again, be it that they could not be told. */
  async #findHolders(sockets: readonly BoundSocket[], signal: AbortSignal): Promise<void> {
    const { session } = this.#reader;
    if (!this.#options.processes || session === undefined) return;
    const inodes = inodesOf(sockets);
    if (this.#holders !== undefined && isSameSet(this.#holders.inodes, inodes)) return;
    const late = () => new Error(`no holders within ${HOLDERS_LIMIT_MS / 1000} s`);
    let byInode: HoldersByInode | undefined;
    try {
      byInode = await withinTime(HOLDERS_LIMIT_MS, signal, late, (stop) => askHolders(session, inodes, stop));
    } catch {
      signal.throwIfAborted();
      // The listeners are known all the same.
      this.#reader.startAfresh();
    }
    this.#holders = { inodes, byInode };
  }
}

function withHolders(socket: BoundSocket, byInode: HoldersByInode | undefined): BoundSocket {
  return byInode === undefined || socket.inode === null
    ? socket
    : { ...socket, pids: (byInode.get(socket.inode) ?? []).map(({ pid }) => pid) };
}

function processesIn(byInode: HoldersByInode): ReadonlyMap<number, Process> {
  return new Map([...byInode.values()].flat().map((process) => [process.pid, process]));
}

function isSame(a: SeenTables, b: SeenTables): boolean {
  return a === b || (a.littleEndian === b.littleEndian && isSameTables(a.tables, b.tables));
}

function isSameSet(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((each) => b.has(each));
}
