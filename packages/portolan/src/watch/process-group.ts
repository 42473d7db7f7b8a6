import { setTimeout as sleep } from 'node:timers/promises';

/** How often is looked whether a group has ended. */
const LOOK_MS = 20;

/** Asks a process group to end, and kills what is left of it when the time for that is over. */
export async function endGroup(group: number, graceMs: number): Promise<void> {
  const deadline = performance.now() + graceMs;
  let isThere = signalGroup(group, 'SIGTERM');
  while (isThere && performance.now() < deadline) {
    await sleep(LOOK_MS);
    isThere = signalGroup(group, 0);
  }
  if (isThere) killGroup(group);
}

/** Kills all processes of a group that are still there. */
export function killGroup(group: number): void {
  signalGroup(group, 'SIGKILL');
}

/** Sends a signal to a whole process group; says whether there is such a group. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    // A group that may not be signalled (EPERM) is there nevertheless.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
