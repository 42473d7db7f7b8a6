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

/** How long the last words of a program that ended are waited for: what it left behind may hold standard error open. */
const LAST_WORDS_MS = 200;

/** Reaches another place through a command that runs its arguments there: `docker exec web`, `ssh me@host`, `nsenter …`. */
export class SpawnTransport implements Transport {
  readonly #command: readonly string[];

  /** @param command the program and its first arguments; its standard input is kept open (see {@link keepStdin}) */
  constructor(command: readonly string[]) {
    this.#command = keepStdin(command);
  }

  /**
   * Starts the command with these arguments behind its own, in a process group of its own.
   *
   * @throws Error where it is not installed or can't be run
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
      // It has started: what fails now is to end it, and `ended` tells when it does.
    });
    child.stderr.on('error', () => {
      // Then it says nothing.
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
    await Promise.race([closed, wait(LAST_WORDS_MS, undefined, { ref: false })]);
    return `${name} ${reasonEnded(status, killedBy, this.#complaint.line)}`;
  }
}
