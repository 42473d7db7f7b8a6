import { readdirSync, statSync } from 'node:fs';

/** The threads of a process, from /proc/PID/task (proc_pid_task(5)); none if it is gone. */
export function threads(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

/** Whether a process has several threads: each is a directory in /proc/PID/task, which counts as a link to that one. */
export function hasThreads(pid: number): boolean {
  try {
    return statSync(`/proc/${pid}/task`).nlink > 3;
  } catch {
    return false;
  }
}
