import type { ChildProcess } from 'node:child_process';
import { isatty } from 'node:tty';
import { jobOf } from './job.js';

/** Sent by a person or a program, always to one process. */
const SENT = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
/** Those of the terminal's keys, which go to all processes in the foreground: the command has them already then. */
const TYPED = ['SIGINT', 'SIGQUIT', 'SIGTSTP'] as const;

/**
 * Hands signals on to a command that was started in the process group of this one, and stops and goes on with it, so that a
 * shell sees of the two what it would see of the command alone.
 *
 * @param command tells the command, which is to be started only now, so that none of its signals is missed
 * @returns what ends that
 */
export function passSignals(command: () => ChildProcess | undefined): () => void {
  const send = (signal: NodeJS.Signals) => void command()?.kill(signal);
  const handlers = new Map<NodeJS.Signals, () => void>();
  for (const signal of SENT) handlers.set(signal, () => send(signal));
  for (const signal of TYPED) handlers.set(signal, () => void (isForeground() || send(signal)));
  const isStopped = () => {
    const pid = command()?.pid;
    return pid !== undefined && jobOf(pid)?.isStopped === true;
  };
  // The command may take its time to stop, or not want to at all.
  handlers.set('SIGCHLD', () => void (isStopped() && process.kill(process.pid, 'SIGSTOP')));
  handlers.set('SIGCONT', () => void (isStopped() && send('SIGCONT')));
  // Where the state of the command can't be read, the terminal stops both.
  if (jobOf(process.pid) === undefined) handlers.delete('SIGTSTP');

  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

function isForeground(): boolean {
  // To touch process.stdin would make the command's own input non-blocking.
  return jobOf(process.pid)?.isForeground ?? isatty(0);
}
