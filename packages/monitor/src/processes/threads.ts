import { readdirSync } from 'node:fs';

/** The threads of a process, from /proc/PID/task (proc_pid_task(5)); none if it is gone. */
export function threads(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}
