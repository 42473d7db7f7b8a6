import { uptime } from 'node:os';

/** Clock ticks a second as /proc counts them: USER_HZ, 100 on every architecture that Node runs on (proc_pid_stat(5)). */
export const USER_HZ = 100;

/** The time since boot in clock ticks, of which the start of a process is told in whole ones. */
export function ticksNow(): number {
  return uptime() * USER_HZ;
}
