import type { ChildProcess } from 'node:child_process';
import { isatty } from 'node:tty';
import { readJobControl } from './job-control.js';

/** Signals that a person or a program sends to one process. */
const SENT = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
/** Signals of the terminal's keys. All processes in the foreground get them, the command too. */
const TYPED = ['SIGINT', 'SIGQUIT', 'SIGTSTP'] as const;

/**
 * Passes signals on to a command in the same process group, and stops and goes on with it. A shell then sees what it would
 * see of the command alone.
 *
 * @param command gives the command. It is started after this call, so that no signal is missed.
 * @returns what ends the passing
 */
export function passSignals(command: () => ChildProcess | undefined): () => void {
  const send = (signal: NodeJS.Signals) => void command()?.kill(signal);
  const handlers = new Map<NodeJS.Signals, () => void>();
  for (const signal of SENT) handlers.set(signal, () => send(signal));
  for (const signal of TYPED) handlers.set(signal, () => void (isForeground() || send(signal)));
  const isStopped = () => {
    const pid = command()?.pid;
    return pid !== undefined && readJobControl(pid)?.isStopped === true;
  };
  // The command may stop late, or refuse to.
  handlers.set('SIGCHLD', () => void (isStopped() && process.kill(process.pid, 'SIGSTOP')));
  handlers.set('SIGCONT', () => void (isStopped() && send('SIGCONT')));
  // If the state of the command can't be read, the terminal stops both.
  if (readJobControl(process.pid) === undefined) handlers.delete('SIGTSTP');

  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

function isForeground(): boolean {
  // Access to process.stdin would make the command's own input non-blocking.
  return readJobControl(process.pid)?.isForeground ?? isatty(0);
}
