const OPENING = 0x28;
const CLOSING = 0x29;

/** Where fields stand behind the name, which is field 2 in the counting of proc_pid_stat(5). */
const STATE = 3 - 3;
const PPID = 4 - 3;
const FLAGS = 9 - 3;
const NUM_THREADS = 20 - 3;
const STARTTIME = 22 - 3;

/** It was forked and has not run a program since (include/linux/sched.h). */
const PF_FORKNOEXEC = 0x40;

/** In bytes; a kernel thread's name is that long at most (proc_task_name(), fs/proc/array.c), and any other has 15. */
const NAME_LIMIT = 64;

/** What a process is doing, as /proc/PID/stat tells. */
export interface ProcessState {
  /** In clock ticks since boot. */
  readonly startTicks: number;
  /** Nothing is left of it but its status, which nobody has asked for yet. A process goes on if its main thread alone ends. */
  readonly isZombie: boolean;
  /** It still runs what its parent runs. */
  readonly isUnexeced: boolean;
  /** It waits for something that may take long, such as a connection. */
  readonly isSleeping: boolean;
}

/** What /proc/PID/stat, or ps(1) on macOS, tells of a process. */
export interface ProcessStat {
  readonly name: string;
  /** 0 if the parent is outside of this pid namespace, or there is none. */
  readonly parentPid: number;
  /** In clock ticks since boot; on macOS in hundredths of a second since 1970. */
  readonly startTicks: number;
}

/** Parses /proc/PID/stat (proc_pid_stat(5)). */
export function parseStat(bytes: Buffer): ProcessStat | null {
  const name = nameIn(bytes);
  const fields = fieldsBehindName(bytes);
  const parentPid = parseNumber(fields[PPID]);
  const startTicks = parseNumber(fields[STARTTIME]);
  if (name === undefined || parentPid === undefined || startTicks === undefined) return null;
  return { name, parentPid, startTicks };
}

/** Parses the same for what the process is doing. */
export function parseState(bytes: Buffer): ProcessState | null {
  const fields = fieldsBehindName(bytes);
  const startTicks = parseNumber(fields[STARTTIME]);
  if (startTicks === undefined) return null;
  const state = fields[STATE] ?? '';
  return {
    startTicks,
    isZombie: 'ZXx'.includes(state) && (parseNumber(fields[NUM_THREADS]) ?? 0) <= 1,
    isUnexeced: ((parseNumber(fields[FLAGS]) ?? 0) & PF_FORKNOEXEC) !== 0,
    isSleeping: state === 'S',
  };
}

/** The name may hold any byte, parentheses too: the last one ends it. */
function nameIn(bytes: Buffer): string | undefined {
  const start = bytes.indexOf(OPENING);
  const end = bytes.lastIndexOf(CLOSING);
  if (start < 0 || end < start) return undefined;
  return bytes.toString('utf8', start + 1, Math.min(end, start + 1 + NAME_LIMIT));
}

function fieldsBehindName(bytes: Buffer): string[] {
  const end = bytes.lastIndexOf(CLOSING);
  return end < 0 ? [] : bytes.toString('latin1', end + 2).split(' ');
}

function parseNumber(field: string | undefined): number | undefined {
  return field !== undefined && /^\d+$/.test(field) ? Number(field) : undefined;
}
