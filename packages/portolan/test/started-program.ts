import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { COMMAND } from './built-command.js';

/** A program that runs beside the test, in a process group of its own, which is killed when it is disposed of. */
export class StartedProgram implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | string | null>;
  #output = '';
  #errors = '';

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const { NO_COLOR, FORCE_COLOR, ...inherited } = process.env;
    this.#child = spawn(program, args, {
      detached: true,
      env: { ...inherited, TERM: 'xterm', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (bytes) => {
      this.#output += bytes;
    });
    this.#child.stderr?.on('data', (bytes) => {
      this.#errors += bytes;
    });
    this.#ended = once(this.#child, 'close').then(([status, signal]) => signal ?? status);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('it did not start');
    return this.#child.pid;
  }

  get output(): string {
    return this.#output;
  }

  get errors(): string {
    return this.#errors;
  }

  /** Resolves with the exit status, or with the signal that ended it, when its streams are closed too. */
  get ended(): Promise<number | string | null> {
    return this.#ended;
  }

  /** Resolves when its output holds this text, or matches this. */
  async says(what: string | RegExp): Promise<void> {
    const isSaid = () => (typeof what === 'string' ? this.#output.includes(what) : what.test(this.#output));
    await this.#holds(this.#child.stdout, isSaid);
  }

  /** Resolves when its standard error matches this. */
  async tells(pattern: RegExp): Promise<void> {
    await this.#holds(this.#child.stderr, () => pattern.test(this.#errors));
  }

  async #holds(stream: Readable | null, holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (stream === null || stream.readableEnded) throw new Error(`it said ${this.#output}${this.#errors}`);
      const waiting = new AbortController();
      const { signal } = waiting;
      await Promise.race([once(stream, 'data', { signal }), once(stream, 'end', { signal })]);
      waiting.abort();
    }
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
    await this.#ended;
  }
}

/** Runs the built command on a pseudo-terminal. */
export function startOnTerminal(args: string): StartedProgram {
  return new StartedProgram('script', ['-qec', `stty cols 80; "$NODE" "$COMMAND" ${args}`, '/dev/null'], {
    NODE: process.execPath,
    COMMAND,
  });
}

/** Runs the built command in pipes. */
export function startPortolan(args: readonly string[]): StartedProgram {
  return new StartedProgram(process.execPath, [COMMAND, ...args]);
}

/** Runs a Python script until it has said `ready`. */
export async function startPython(
  script: string,
  {
    args = [],
    python = 'python3',
    env = {},
  }: { readonly args?: readonly string[]; readonly python?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<StartedProgram> {
  const started = new StartedProgram(python, ['-c', `${PRELUDE}\n${script}`, ...args], env);
  try {
    await started.says('ready\n');
    return started;
  } catch (error) {
    await started[Symbol.asyncDispose]();
    throw error;
  }
}

const PRELUDE = `
import os, signal, socket, sys
def listen(port):
    return socket.create_server(('127.0.0.1', int(port)))
def ready():
    print('ready', flush=True)
def wait():
    # A signal that comes just before signal.pause() would not end it, and its handler not run.
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    while True: os.read(reading, 1)
`;
