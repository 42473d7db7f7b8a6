import { type Process, readAncestors, readStat } from '@portolan/monitor';

/** What is needed of a process to end it, and no other. */
export type EndableProcess = Pick<Process, 'pid' | 'startTicks'>;

/** What became of a signal: the process has it, was gone already, or belongs to somebody else. */
export type SignalOutcome = 'sent' | 'gone' | 'denied';

/** Why a process is never ended. */
export type Protection = 'init' | 'itself' | 'ancestor';

/**
 * Whether a process may be ended at all: not the first one, not this one, and none that this one descends from, which
 * would go down with it.
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

/** Whether the pid still belongs to the process that was seen. One that was seen without its start can't be told. */
export function isSameProcess({ startTicks }: EndableProcess, ticksNow: number | undefined): boolean {
  return startTicks !== null && startTicks === ticksNow;
}

/** The pid of this process, its parent's, and so on. */
export function ownLineage(): number[] {
  return [process.pid, ...readAncestors(process.pid).map(({ pid }) => pid)];
}

/** Sends a signal to the process that was seen, and to no later one that got its pid. */
export function signalProcess(target: EndableProcess, signal: 'SIGTERM' | 'SIGKILL'): SignalOutcome {
  // Nothing runs between this look and the signal but the kernel: pids are given anew only after all others had a turn.
  if (!isSameProcess(target, readStat(target.pid)?.startTicks)) return 'gone';
  return outcomeOf(() => process.kill(target.pid, signal));
}

/** Whether this user may send the process signals. */
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
