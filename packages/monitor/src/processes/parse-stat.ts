const OPENING = 0x28;
const CLOSING = 0x29;

/** Indexes of fields behind the name. proc_pid_stat(5) counts from 1, and the name is field 2. */
const PPID = 4 - 3;
const STARTTIME = 22 - 3;

/** What /proc/PID/stat, or ps(1) on macOS, tells of a process. */
export interface ProcessStat {
  readonly name: string;
  /** 0 if the parent is outside of this pid namespace, or there is none. */
  readonly parentPid: number;
  /** In clock ticks since boot; on macOS in hundredths of a second since 1970. */
  readonly startTicks: number;
}

/**
 * Parses /proc/PID/stat (proc_pid_stat(5)). The name may hold any byte, also parentheses: the last `)` ends it.
 *
 * @returns null for bytes that are something else
 */
export function parseStat(bytes: Buffer): ProcessStat | null {
  const start = bytes.indexOf(OPENING);
  const end = bytes.lastIndexOf(CLOSING);
  if (start < 0 || end < start) return null;
  const fields = bytes.toString('latin1', end + 2).split(' ');
  const parentPid = parseNumber(fields[PPID]);
  const startTicks = parseNumber(fields[STARTTIME]);
  if (parentPid === undefined || startTicks === undefined) return null;
  return { name: bytes.toString('utf8', start + 1, end), parentPid, startTicks };
}

function parseNumber(field: string | undefined): number | undefined {
  return field !== undefined && /^\d+$/.test(field) ? Number(field) : undefined;
}
