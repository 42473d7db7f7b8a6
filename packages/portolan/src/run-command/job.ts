import { readFileSync } from 'node:fs';

/** How a process stands in the job control of its terminal. */
interface Job {
  /** Stopped, by SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU. */
  readonly isStopped: boolean;
  /** Its process group is the one that the keys of its terminal send signals to. */
  readonly isForeground: boolean;
}

/**
 * Reads /proc/PID/stat (proc_pid_stat(5)).
 *
 * @returns undefined for a process that is gone, and on a system without /proc
 */
export function jobOf(pid: number): Job | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name stands in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , group, , , foregroundGroup] = fields;
  return { isStopped: state === 'T', isForeground: group === foregroundGroup };
}
