import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { atExit } from '../../poll-thread/at-exit.js';
import { killProgram } from '../../programs/kill-program.js';
import { Complaint, reasonEnded, reasonNotRun } from '../../programs/program-failure.js';
import { safeLine } from '../../programs/safe-line.js';
import { keepStdin } from './keep-stdin.js';
import type { Channel, Transport } from './transport.js';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** How long standard error is read after the program has ended. A process that it left behind may hold it open for ever. */
const STDERR_LIMIT_MS = 200;

/** Runs programs through a command that runs its arguments elsewhere: `docker exec web`, `ssh me@host`, `nsenter …`. */
export class SpawnTransport implements Transport {
  readonly #command: readonly string[];

  /** @param command the command and its first arguments (see {@link keepStdin}) */
  constructor(command: readonly string[]) {
    this.#command = keepStdin(command);
  }

  /**
   * Starts the command with these arguments behind its first ones, in a new process group.
   *
   * @throws Error if the command is not installed or can't be run
   */
  async start(args: readonly string[]): Promise<Channel> {
    const [program = '', ...first] = this.#command;
    const name = safeLine(program);
    try {
      const child = spawn(program, [...first, ...args], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
      await once(child, 'spawn');
      return new SpawnedChannel(child, name);
    } catch (error) {
      throw new Error(`${name} ${reasonNotRun(error as NodeJS.ErrnoException)}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    // Nothing is held between programs.
  }
}

class SpawnedChannel implements Channel {
  readonly input: Writable;
  readonly output: Readable;
  readonly ended: Promise<string>;
  readonly #child: Child;
  readonly #forget: () => void;
  readonly #complaint = new Complaint();

  constructor(child: Child, name: string) {
    this.#child = child;
    this.input = child.stdin;
    this.output = child.stdout;
    child.on('error', () => {
      // It has started, so only ending it can fail, and `ended` tells when it ends.
    });
    child.stderr.on('error', () => {
      // Then the reason goes without what the program wrote there.
    });
    child.stderr.on('data', (piece: Buffer) => this.#complaint.push(piece));
    this.ended = this.#end(name);
    this.#forget = atExit(() => killProgram(child));
  }

  close(): void {
    this.#forget();
    this.input.destroy();
    killProgram(this.#child);
  }

  async #end(name: string): Promise<string> {
    const closed = once(this.#child.stderr, 'close');
    const [status, killedBy] = await once(this.#child, 'exit');
    this.#forget();
    await Promise.race([closed, wait(STDERR_LIMIT_MS, undefined, { ref: false })]);
    return `${name} ${reasonEnded(status, killedBy, this.#complaint.line)}`;
  }
}
