import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { StartedProgram } from './started-program.js';

const run = promisify(execFile);

/** Tests that make namespaces are skipped otherwise. */
export const IS_ROOT = process.getuid?.() === 0;

let made = 0;

/** A network namespace that ip-netns(8) knows, which is removed when it is disposed of. */
export class NamedNamespace implements AsyncDisposable {
  readonly name = `portolan${process.pid}n${made++}`;
  readonly #programs: StartedProgram[] = [];
  #isThere = false;

  static async made(): Promise<NamedNamespace> {
    const namespace = new NamedNamespace();
    await namespace.make();
    return namespace;
  }

  /** As `--in` takes it. */
  get place(): string {
    return `netns:${this.name}`;
  }

  async make(): Promise<void> {
    await run('ip', ['netns', 'add', this.name]);
    this.#isThere = true;
  }

  /** Resolves when a program listens there on TCP. */
  async listen(port: number): Promise<StartedProgram> {
    const args = ['netns', 'exec', this.name, 'python3', '-c', LISTENING, String(port)];
    const program = new StartedProgram('ip', args);
    this.#programs.push(program);
    await program.says('ready\n');
    return program;
  }

  async remove(): Promise<void> {
    for (const program of this.#programs.splice(0)) await program[Symbol.asyncDispose]();
    if (!this.#isThere) return;
    this.#isThere = false;
    await run('ip', ['netns', 'delete', this.name]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

const LISTENING = `
import signal, socket, sys
server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
print('ready', flush=True)
while True: signal.pause()
`;
