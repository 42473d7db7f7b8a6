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

/** The tables of another place, and the byte order of its words. */
export interface SeenTables {
  readonly tables: Tables;
  readonly littleEndian: boolean;
}

/** Reads the socket tables of another place: through a shell that stays, or with one `cat` a time where there is none. */
export class TableReader {
  readonly #transport: Transport;
  #session: ShellSession | undefined;
  /** No shell has answered, but `cat` has. */
  #hasCatOnly = false;
  #seen: SeenTables | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The shell that answers there. */
  get session(): ShellSession | undefined {
    return this.#session;
  }

  /**
   * Reads once. What has not changed since is the same object.
   *
   * @throws Error where there is no answer, or none to rely on; the signal's reason where it was aborted
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

  /** Ends the shell, and forgets how the place was to be read. */
  startAfresh(): void {
    this.#session?.close();
    this.#session = undefined;
    this.#hasCatOnly = false;
    this.#seen = undefined;
  }

  /** Undefined where no shell answers; why is told by `cat`, which is tried next. */
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
