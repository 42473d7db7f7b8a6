import type { Libc } from './calls.js';

/** The same number on every architecture. */
const PIDFD_OPEN = 434;

/**
 * Opens a descriptor that is readable once a process has ended (pidfd_open(2), Linux 5.3). It may be anybody's process.
 *
 * @returns the descriptor, or the negative errno: ENOSYS on older kernels, ESRCH if the process is gone
 */
export function openPidfd(libc: Libc, pid: number): number {
  return libc.syscall(PIDFD_OPEN, pid, 0, 0, 0, 0);
}
