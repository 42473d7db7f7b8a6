import { type Mount, readMountinfo } from '../../kernel/mountinfo.js';
import { isInitialPidNamespace } from '../../kernel/namespaces/initial-namespaces.js';

/**
 * Whether every process of the machine is in this /proc: not from inside a container, whose pid namespace has
 * only its own, nor where it is mounted to hide the processes of others (`hidepid`, proc(5)).
 */
export function seesEveryProcess(): boolean {
  try {
    if (!isInitialPidNamespace()) return false;
    return process.geteuid?.() === 0 || !hidesProcesses(readMountinfo());
  } catch {
    return false;
  }
}

/** Whether /proc is mounted with `hidepid` (proc(5)). */
export function hidesProcesses(mounts: readonly Mount[]): boolean {
  // Of several mounts over each other the last one is seen.
  const proc = mounts.findLast(({ path }) => path === '/proc');
  return proc !== undefined && /(?:^|,)hidepid=(?!0|off)/.test(proc.superOptions);
}
