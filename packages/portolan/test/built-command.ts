import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The built command. */
export const COMMAND = fileURLToPath(new URL('../dist/bin.js', import.meta.url));

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command in pipes, without the colour variables of whoever runs the tests. */
export function portolan(
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly uid?: number } = {},
): Promise<Result> {
  return runToEnd(process.execPath, [COMMAND, ...args], options);
}

/** Runs a program until it ends. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  { env = {}, uid }: { readonly env?: NodeJS.ProcessEnv; readonly uid?: number } = {},
): Promise<Result> {
  const { NO_COLOR, FORCE_COLOR, ...inherited } = process.env;
  const child = spawn(program, args, {
    env: { ...inherited, TERM: 'xterm', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { status, stdout, stderr };
}
