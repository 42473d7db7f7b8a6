import { readFileSync } from 'node:fs';

/**
 * Whether a process was started with that entry, `NAME=value`, in its environment (proc_pid_environ(5)). False where
 * it may not be read.
 */
export function hasEnvironmentEntry(pid: number, entry: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(`\0${entry}\0`);
  } catch {
    return false;
  }
}
