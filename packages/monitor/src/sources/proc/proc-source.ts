import { LITTLE_ENDIAN } from '../../kernel/byte-order.js';
import { NamespaceError } from '../../kernel/namespaces/namespace-error.js';
import { type NetworkNamespace, OwnNamespace } from '../../kernel/namespaces/network-namespace.js';
import { type BoundSocket, groupSockets } from '../../listener.js';
import type { Source, SourceAnswer } from '../source.js';
import { SourceError } from '../source-error.js';
import { LISTENING_DIGITS, parseRows } from './parse-rows.js';
import { ProcFile } from './proc-file.js';
import { RowSieve } from './socket-rows.js';

/** The number of sockets of each protocol, by its name in sockstat and sockstat6: `TCP`, `UDP6`. */
type SocketCounts = ReadonlyMap<string, number>;

const TABLES = [
  { name: 'tcp', protocol: 'tcp', family: 4, counter: 'TCP' },
  { name: 'tcp6', protocol: 'tcp', family: 6, counter: 'TCP6' },
  { name: 'udp', protocol: 'udp', family: 4, counter: 'UDP' },
  { name: 'udp6', protocol: 'udp', family: 6, counter: 'UDP6' },
] as const;
type Table = (typeof TABLES)[number];

/** seq_file hands out a page at most for each read (fs/seq_file.c). */
const PAGE_LENGTH = 4096;
/** A read that leaves more room than any row needs was the last. */
const ROW_ROOM = 512;
/** How often the shortcuts are checked against a whole reading. */
const VERIFY_EVERY_MS = 10 * 60_000;
/**
 * The number of sockets from which on a table of TCP is read no further than its listeners. One read may then walk so long
 * that it belongs on another thread. With fewer sockets the whole table is soon read, and each look checks the order of the
 * rows.
 */
const BUSY_SOCKETS = 1000;

/** What was read of one table. */
interface Reading {
  readonly rows: Buffer;
  readonly skipped: number;
}

const NO_ROWS: Reading = { rows: Buffer.alloc(0), skipped: 0 };

/**
 * Reads /proc/net/{tcp,tcp6,udp,udp6}. Every process may do so, and read those of other processes' namespaces. There are
 * three shortcuts: a long table is read no further than its last listener, a short read is taken for the end, and a table
 * that /proc/net/sockstat says is empty is not read. Linux behaves like that, but promises nothing. The first look, and one
 * every ten minutes, therefore reads all, and turns off the shortcuts that do not hold.
 */
export class ProcSource implements Source {
  readonly name = 'proc';
  readonly #tables: readonly { table: Table; file: ProcFile }[];
  readonly #sockstat: readonly ProcFile[];
  readonly #namespace: NetworkNamespace;
  #verifiedAt = Number.NEGATIVE_INFINITY;
  #listenersFirst = true;
  #shortReadIsEnd = true;
  #last: { readings: Reading[]; answer: SourceAnswer } | undefined;

  constructor(namespace: NetworkNamespace = new OwnNamespace()) {
    const file = (name: string) => new ProcFile(namespace.pathOf(name), () => namespace.open(name));
    this.#namespace = namespace;
    this.#tables = TABLES.map((table) => ({ table, file: file(table.name) }));
    this.#sockstat = ['sockstat', 'sockstat6'].map(file);
  }

  async look(signal?: AbortSignal): Promise<SourceAnswer> {
    try {
      const verify = performance.now() - this.#verifiedAt >= VERIFY_EVERY_MS;
      const counts = this.#counts();
      const readings: Reading[] = [];
      for (const { table, file } of this.#tables) {
        // The kernel sums the count over the processors while it changes: for one zero no listener is given up.
        const wasEmpty = this.#last?.readings[readings.length]?.rows.length === 0;
        const isEmpty = !verify && wasEmpty && counts.get(table.counter) === 0;
        const isThere = !isEmpty && this.#open(file, table);
        readings.push(isThere ? await this.#readTable(table, file, isBusy(counts), verify, signal) : NO_ROWS);
      }
      if (verify) this.#verifiedAt = performance.now();
      return this.#answer(readings);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    for (const { file } of this.#tables) file.close();
    for (const file of this.#sockstat) file.close();
    this.#last = undefined;
    this.#verifiedAt = Number.NEGATIVE_INFINITY;
  }

  /** Without sockstat no count is known, and every table is read. */
  #counts(): SocketCounts {
    const bytes = Buffer.alloc(PAGE_LENGTH);
    const texts = this.#sockstat.map((file) => {
      try {
        return bytes.toString('latin1', 0, file.readSync(bytes, 0));
      } catch {
        return '';
      }
    });
    return parseSockstat(texts.join('\n'));
  }

  async #readTable(
    table: Table,
    file: ProcFile,
    busy: boolean,
    verify: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Reading> {
    const sieve = new RowSieve(LISTENING_DIGITS[table.protocol]);
    const page = Buffer.alloc(PAGE_LENGTH);
    let position = 0;
    let wasShort = false;
    for (;;) {
      signal?.throwIfAborted();
      const length = await this.#read(file, page, position, busy);
      if (length === 0) {
        if (sieve.cutOff) throw new SourceError(this.name, `${file.path} is cut off`);
        break;
      }
      if (wasShort) this.#shortReadIsEnd = false;
      position += length;
      sieve.push(page.subarray(0, length));
      wasShort = length < PAGE_LENGTH - ROW_ROOM && !sieve.cutOff;
      if (verify) continue;
      if (wasShort && this.#shortReadIsEnd) break;
      if (busy && sieve.pastListeners && this.#listenersFirst && table.protocol === 'tcp') break;
    }
    if (sieve.disorderly && table.protocol === 'tcp') this.#listenersFirst = false;
    if (sieve.headless) throw new SourceError(this.name, `${file.path} is no socket table`);
    return { rows: Buffer.concat(sieve.kept), skipped: sieve.skipped };
  }

  /** False when this machine has no such protocol. */
  #open(file: ProcFile, table: Table): boolean {
    try {
      file.open();
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && table.name !== 'tcp') return false;
      const reason =
        error instanceof NamespaceError ? error.reason : `${file.path} can't be opened (${code})`;
      throw new SourceError(this.name, reason, { cause: error });
    }
  }

  async #read(file: ProcFile, page: Buffer, position: number, busy: boolean): Promise<number> {
    try {
      return busy ? await file.read(page, position) : file.readSync(page, position);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new SourceError(this.name, `${file.path} can't be read (${code})`, { cause: error });
    }
  }

  #answer(readings: Reading[]): SourceAnswer {
    const last = this.#last;
    if (last !== undefined && readings.every((reading, i) => isSame(reading, last.readings[i])))
      return last.answer;
    const sockets: (readonly BoundSocket[])[] = [];
    let skipped = 0;
    for (const [i, table] of TABLES.entries()) {
      const reading = readings[i] ?? NO_ROWS;
      const parsed = parseRows(reading.rows.toString('latin1'), table.protocol, table.family, LITTLE_ENDIAN);
      sockets.push(parsed.sockets);
      skipped += reading.skipped + parsed.skipped;
    }
    const { place } = this.#namespace;
    const ephemeral = this.#namespace.ephemeralPorts();
    const answer = { listeners: groupSockets(sockets.flat(), { place, ephemeral }), skipped };
    this.#last = { readings, answer };
    return answer;
  }
}

/**
 * Parses /proc/net/sockstat and sockstat6 (sockstat_seq_show(), net/ipv4/proc.c). Of lines such as
 * `TCP: inuse 22 orphan 0 tw 0 alloc 32 mem 0` it takes `inuse`. Other lines are passed over.
 */
function parseSockstat(text: string): SocketCounts {
  const counts = new Map<string, number>();
  for (const [, name, inUse] of text.matchAll(/^(\w+): inuse (\d{1,10})(?= |$)/gm)) {
    if (name !== undefined) counts.set(name, Number(inUse));
  }
  return counts;
}

function isBusy(counts: SocketCounts): boolean {
  const known = TABLES.map(({ counter }) => counts.get(counter) ?? 0);
  return !counts.has('TCP') || known.reduce((sum, count) => sum + count, 0) >= BUSY_SOCKETS;
}

function isSame(reading: Reading, other: Reading | undefined): boolean {
  return other !== undefined && reading.skipped === other.skipped && reading.rows.equals(other.rows);
}
