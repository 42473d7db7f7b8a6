import { setTimeout as sleep } from 'node:timers/promises';

/** How often a look checks if a group has ended. */
const LOOK_MS = 20;

/**
 * Asks a process group to end, and kills what is left of it.
 *
 * @param graceMs how long the group has to end
 */
export async function endProcessGroup(group: number, graceMs: number): Promise<void> {
  const deadline = performance.now() + graceMs;
  let isThere = signalGroup(group, 'SIGTERM');
  while (isThere && performance.now() < deadline) {
    await sleep(LOOK_MS);
    isThere = signalGroup(group, 0);
  }
  if (isThere) killProcessGroup(group);
}

/** Kills all processes of a group. */
export function killProcessGroup(group: number): void {
  signalGroup(group, 'SIGKILL');
}

/** Sends a signal to a whole process group, and returns true if there is such a group. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    // EPERM means that the group is there, but may not be signalled.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
