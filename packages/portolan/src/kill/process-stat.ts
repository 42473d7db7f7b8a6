import { readFileSync } from 'node:fs';

/** Where fields stand behind the name, which is field 2 in the counting of proc_pid_stat(5). */
const PPID = 4 - 3;
const STARTTIME = 22 - 3;

/** What tells a process from a later one of the same pid, and who its parent is. */
export interface ProcessStat {
  /** 0 for a process whose parent is outside of this pid namespace, or that has none. */
  readonly parentPid: number;
  /** In clock ticks since boot. */
  readonly startTicks: number;
}

/** Reads /proc/PID/stat; undefined where the process is gone. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** The name may hold spaces and parentheses: the last one ends it. */
export function parseProcessStat(stat: string): ProcessStat | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const parentPid = Number(fields[PPID] ?? Number.NaN);
  const startTicks = Number(fields[STARTTIME] ?? Number.NaN);
  return Number.isInteger(parentPid) && Number.isInteger(startTicks) ? { parentPid, startTicks } : undefined;
}
