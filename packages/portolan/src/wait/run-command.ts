import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { signalStatus } from '../interruption.js';
import { tell } from '../standard-streams.js';

/** As shells have it. */
const CANNOT_BE_RUN = 126;
const NOT_FOUND = 127;

/** Runs a command in place of this one, as far as can be: its streams, its signals and its exit status. */
export async function runCommand([command = '', ...args]: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit' });
  const stopForwarding = forwardSignals(child);
  try {
    const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return signal === null ? (status ?? 0) : signalStatus(signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    tell(code === 'ENOENT' ? `${command}: command not found` : `${command} can't be run (${code})`);
    return code === 'ENOENT' ? NOT_FOUND : CANNOT_BE_RUN;
  } finally {
    stopForwarding();
  }
}

function forwardSignals(child: ChildProcess): () => void {
  const terminate = () => void child.kill('SIGTERM');
  // Ctrl-C at a terminal goes to the command too, and twice of it means more to some than once.
  const interrupt = () => void (process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', terminate).on('SIGINT', interrupt);
  return () => process.off('SIGTERM', terminate).off('SIGINT', interrupt);
}
