import { parsePortRange } from '../../kernel/namespaces/ephemeral-ports.js';
import type { BoundSocket } from '../../listener.js';
import type { PortRange } from '../../port-range.js';
import { LISTENING_DIGITS, parseRows } from '../../sources/proc/parse-rows.js';
import { RowSieve } from '../../sources/proc/socket-rows.js';
import { SEPARATOR } from './table-files.js';

const TABLES = [
  { name: 'tcp', protocol: 'tcp', family: 4 },
  { name: 'tcp6', protocol: 'tcp', family: 6 },
  { name: 'udp', protocol: 'udp', family: 4 },
  { name: 'udp6', protocol: 'udp', family: 6 },
] as const;

const NEWLINE = 0x0a;

/** How many rows of listening sockets a table may have. */
const ROW_LIMIT = 100_000;
/** How many bytes a row may have. The kernel's rows have 200 at most. */
const ROW_LENGTH_LIMIT = 4096;

/** What `cat` printed of {@link TABLE_FILES}. Of the socket tables only the rows of listening sockets are kept. */
export interface Tables {
  /** The rows of tcp, tcp6, udp and udp6; undefined for a table that is missing there. */
  readonly rows: readonly (Buffer | undefined)[];
  /** The text of ip_local_port_range; empty if the file is missing there. */
  readonly portRange: string;
}

/** The bytes that came back are not the files that were asked for. */
export class TableError extends Error {
  override readonly name = 'TableError';
  readonly code = 'ERR_PORTOLAN_TABLE';
}

/**
 * Parses what `cat` printed of {@link TABLE_FILES}. Bytes before the first separator (a greeting) and behind the last one
 * are skipped.
 *
 * @throws TableError if it is cut off, too long, or something else
 */
export function parseTables(output: Buffer): Tables {
  const sections = sectionsOf(output);
  if (sections.length === 0) throw new TableError('no socket tables came back');
  if (sections.length < TABLES.length + 1) throw new TableError('what came back is cut off');
  if (sections.length > TABLES.length + 1) throw new TableError('what came back can’t be told apart');
  const rows = TABLES.map(({ name, protocol }, i) => {
    const section = sections[i] ?? Buffer.alloc(0);
    if (section.length === 0 && name !== 'tcp') return undefined;
    return listeningRows(section, name, LISTENING_DIGITS[protocol]);
  });
  return { rows, portRange: sections[TABLES.length]?.toString('latin1') ?? '' };
}

/** Parses the rows of these tables. `skipped` counts the rows that could not be parsed. */
export function socketsIn(
  { rows, portRange }: Tables,
  littleEndian: boolean,
): { sockets: BoundSocket[]; skipped: number; ephemeral: PortRange | undefined } {
  const parsed = TABLES.map(({ protocol, family }, i) =>
    parseRows(rows[i]?.toString('latin1') ?? '', protocol, family, littleEndian),
  );
  return {
    sockets: parsed.flatMap(({ sockets }) => sockets),
    skipped: parsed.reduce((sum, { skipped }) => sum + skipped, 0),
    ephemeral: parsePortRange(portRange),
  };
}

/** Whether two looks brought the same tables. */
export function isSameTables(a: Tables, b: Tables): boolean {
  return a.portRange === b.portRange && a.rows.every((rows, i) => isSameRows(rows, b.rows[i]));
}

/** The name of a table that the earlier look brought and the later one did not; undefined if there is none. */
export function lostTable(before: Tables, now: Tables): string | undefined {
  return TABLES.find((_, i) => before.rows[i] !== undefined && now.rows[i] === undefined)?.name;
}

/**
 * Whether the machine elsewhere stores the lowest byte of a word first. The first word of an auxiliary vector is below 256,
 * so its first byte tells.
 *
 * @param auxv an auxiliary vector; if it is empty the answer is true, as for nearly all machines that run Linux
 */
export function isLittleEndian(auxv: Buffer): boolean {
  return auxv.length === 0 || auxv[0] !== 0;
}

/** The bytes behind the last separator. */
export function behindTables(output: Buffer): Buffer {
  const starts = separatorsIn(output);
  const last = starts.at(-1);
  return last === undefined ? Buffer.alloc(0) : output.subarray(last.end);
}

function listeningRows(section: Buffer, name: string, state: string): Buffer {
  const sieve = new RowSieve(state);
  sieve.push(section);
  if (sieve.headless) throw new TableError(`/proc/net/${name} is missing there, or no socket table`);
  if (sieve.cutOff) throw new TableError(`/proc/net/${name} is cut off`);
  if (sieve.kept.some((row) => row.length > ROW_LENGTH_LIMIT))
    throw new TableError(`/proc/net/${name} has a row that is too long`);
  if (sieve.kept.length > ROW_LIMIT)
    throw new TableError(`/proc/net/${name} has more than ${ROW_LIMIT} rows`);
  return Buffer.concat(sieve.kept);
}

/** The bytes between each two separators. */
function sectionsOf(output: Buffer): Buffer[] {
  const separators = separatorsIn(output);
  return separators.slice(1).map(({ start }, i) => output.subarray(separators[i]?.end, start));
}

/** The lines that begin as /proc/version does. The search ends when there is one too many. */
function separatorsIn(output: Buffer): { start: number; end: number }[] {
  const separators: { start: number; end: number }[] = [];
  for (let at = output.indexOf(SEPARATOR); at >= 0; at = output.indexOf(SEPARATOR, at + 1)) {
    if (at > 0 && output[at - 1] !== NEWLINE) continue;
    const lineEnd = output.indexOf(NEWLINE, at);
    separators.push({ start: at, end: lineEnd < 0 ? output.length : lineEnd + 1 });
    if (separators.length > TABLES.length + 2) break;
  }
  return separators;
}

function isSameRows(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}
