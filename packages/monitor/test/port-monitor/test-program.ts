import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program of this test that uses the library, and is killed when it is disposed of. */
export interface Program extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Its status and the signal that ended it. */
  readonly exit: Promise<unknown[]>;
  /** The next line it says. */
  line(): Promise<string | undefined>;
}

/** @param options `before` is what runs Node, its name and first arguments */
export function startProgram(
  source: string,
  { environment = {}, before = [] }: { environment?: NodeJS.ProcessEnv; before?: readonly string[] } = {},
): Program {
  const [file = '', ...args] = [...before, process.execPath, '--input-type=module', '-e', source];
  const child = spawn(file, args, {
    cwd: import.meta.dirname,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    exit,
    line: async () => (await lines.next()).value,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
