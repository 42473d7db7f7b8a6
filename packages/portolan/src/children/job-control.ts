import { readFileSync } from 'node:fs';

/** Where the fields stand behind the name, which is field 2 of proc_pid_stat(5). */
const STATE = 3 - 3;
const PGRP = 5 - 3;
const TPGID = 8 - 3;

/** How a process stands in the job control of its terminal (setpgid(2)). */
export interface JobControl {
  /** True if SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU has stopped the process. */
  readonly isStopped: boolean;
  /** True if its process group is the one that the keys of its terminal send signals to. */
  readonly isForeground: boolean;
}

/**
 * Reads the job control of a process from /proc/PID/stat (proc_pid_stat(5)). The library reads the same file for who the
 * process is.
 *
 * @returns undefined for a process that is gone, and on a system without /proc
 */
export function readJobControl(pid: number): JobControl | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name stands in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { isStopped: fields[STATE] === 'T', isForeground: fields[PGRP] === fields[TPGID] };
}
