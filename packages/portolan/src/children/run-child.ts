import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tell } from '../render/tell.js';
import { passSignals } from './pass-signals.js';

/** The exit statuses that shells use. */
const CANNOT_BE_RUN = 126;
const NOT_FOUND = 127;

/** How a command ended. The signal is null if none ended it. */
export interface ChildEnd {
  readonly status: number;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs a command in place of this one: with the same streams, signals and terminal.
 *
 * @param onStarted receives the pid
 * @returns how the command ended; a command that cannot be run gets the exit status that shells use
 */
export async function runChild(
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  onStarted: (pid: number) => void = () => undefined,
): Promise<ChildEnd> {
  let child: ChildProcess | undefined;
  const stopPassing = passSignals(() => child);
  try {
    child = spawn(command, args, { stdio: 'inherit', env });
    const ended = once(child, 'exit');
    if (child.pid !== undefined) onStarted(child.pid);
    const [status, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    return { status: status ?? 0, signal };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    tell(code === 'ENOENT' ? `${command}: command not found` : `${command} can't be run (${code})`);
    return { status: code === 'ENOENT' ? NOT_FOUND : CANNOT_BE_RUN, signal: null };
  } finally {
    stopPassing();
  }
}
