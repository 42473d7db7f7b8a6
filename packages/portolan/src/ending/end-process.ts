import { type Process, readAncestors, readStat } from '@portolan/monitor';

/** What must be known of a process to end it, and no other. */
export type EndableProcess = Pick<Process, 'pid' | 'startTicks'>;

/** What became of a signal: the process got it, was gone already, or belongs to another user. */
export type SignalOutcome = 'sent' | 'gone' | 'denied';

/** Why a process is never ended. */
export type Protection = 'init' | 'itself' | 'ancestor';

/**
 * Decides if a process may be ended at all. The first process and this one may not. An ancestor of this one may not
 * either, since this one would end with it.
 *
 * @param lineage this process and its ancestors, as from {@link ownLineage}
 * @returns why it may not, or undefined
 */
export function protectionOf({ pid }: EndableProcess, lineage: readonly number[]): Protection | undefined {
  if (pid <= 1) return 'init';
  const generation = lineage.indexOf(pid);
  if (generation < 0) return undefined;
  return generation === 0 ? 'itself' : 'ancestor';
}

/** The pid of this process, its parent's, and so on. */
export function ownLineage(): number[] {
  return [process.pid, ...readAncestors(process.pid).map(({ pid }) => pid)];
}

/** True if the pid still belongs to the process that was seen; false if its start was not seen. */
export function isSameProcess({ startTicks }: EndableProcess, ticksNow: number | undefined): boolean {
  return startTicks !== null && startTicks === ticksNow;
}

/** Sends a signal to the process that was seen. A later process with the same pid does not get it. */
export function signalProcess(target: EndableProcess, signal: 'SIGTERM' | 'SIGKILL'): SignalOutcome {
  // No other code runs between this look and the signal. The kernel gives a pid anew only after all others had a turn.
  if (!isSameProcess(target, readStat(target.pid)?.startTicks)) return 'gone';
  return outcomeOf(() => process.kill(target.pid, signal));
}

/** True if this user may send signals to the process. */
export function maySignal({ pid }: EndableProcess): boolean {
  return outcomeOf(() => process.kill(pid, 0)) !== 'denied';
}

function outcomeOf(send: () => void): SignalOutcome {
  try {
    send();
    return 'sent';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return 'gone';
    if (code === 'EPERM') return 'denied';
    throw error;
  }
}

/** Compares two processes for a sort that puts the older one first. */
export function byAge(a: EndableProcess, b: EndableProcess): number {
  return (a.startTicks ?? 0) - (b.startTicks ?? 0) || a.pid - b.pid;
}
