import { withinTime } from '../../timing/time-limit.js';
import {
  behindTables,
  isLittleEndian,
  lostTable,
  parseTables,
  TableError,
  type Tables,
} from './parse-tables.js';
import { runElsewhere } from './run-elsewhere.js';
import { ShellSession } from './shell-session.js';
import { AUXV_FILE, TABLE_FILES } from './table-files.js';
import type { Transport } from './transport.js';

/** How long a shell may take to answer for the first time. */
const FIRST_ANSWER_LIMIT_MS = 5000;

/** The socket tables of a site elsewhere, and the byte order of its machine. */
export interface SeenTables {
  readonly tables: Tables;
  readonly littleEndian: boolean;
}

/** Reads the socket tables of a site elsewhere: through a shell that stays, or with one `cat` a look if there is no shell. */
export class TableReader {
  readonly #transport: Transport;
  #session: ShellSession | undefined;
  /** True if no shell has answered, but `cat` has. */
  #hasCatOnly = false;
  #seen: SeenTables | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The shell that answers there; undefined if there is none. */
  get session(): ShellSession | undefined {
    return this.#session;
  }

  /**
   * Reads the tables once. While a shell says that nothing has changed, the answer is the same object.
   *
   * @throws Error if there is no answer, or it can't be relied on; the signal's reason if it was aborted
   */
  async read(signal: AbortSignal): Promise<SeenTables> {
    if (!this.#hasCatOnly) this.#session ??= await this.#openSession(signal);
    const seen =
      this.#session === undefined
        ? await this.#runCat(signal)
        : await this.#askSession(this.#session, signal);
    const lost = this.#seen && lostTable(this.#seen.tables, seen.tables);
    if (lost !== undefined) throw new TableError(`/proc/net/${lost} did not come back`);
    this.#hasCatOnly = this.#session === undefined;
    this.#seen = seen;
    return seen;
  }

  /** Ends the shell, and forgets whether there is one. The next read tries everything again. */
  startAfresh(): void {
    this.#session?.close();
    this.#session = undefined;
    this.#hasCatOnly = false;
    this.#seen = undefined;
  }

  /** Undefined if no shell answers. If that has a deeper cause, `cat`, which is tried next, fails with it. */
  async #openSession(signal: AbortSignal): Promise<ShellSession | undefined> {
    const late = () => new Error('no answer from a shell');
    try {
      return await withinTime(FIRST_ANSWER_LIMIT_MS, signal, late, (stop) =>
        ShellSession.open(this.#transport, stop),
      );
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  async #askSession(session: ShellSession, signal: AbortSignal): Promise<SeenTables> {
    const { parts, last } = await session.ask('look', signal);
    if (last === 'same' && this.#seen !== undefined) return this.#seen;
    const tables = parseTables(parts[0]?.bytes ?? Buffer.alloc(0));
    return { tables, littleEndian: isLittleEndian(session.auxv) };
  }

  async #runCat(signal: AbortSignal): Promise<SeenTables> {
    return runElsewhere(this.#transport, ['cat', ...TABLE_FILES, AUXV_FILE], signal, (output) => ({
      tables: parseTables(output),
      littleEndian: isLittleEndian(behindTables(output)),
    }));
  }
}
