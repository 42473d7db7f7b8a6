import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { PortEvent } from '@portolan/monitor';
import { tell } from '../standard-streams.js';
import { eventEnvironment } from './event-environment.js';

const TIME_LIMIT_MS = 30_000;
/** How many events wait for the command before one is dropped. */
const WAITING_LIMIT = 1000;

/** Runs a command for each event, one after the other. */
export class EventCommand {
  readonly #words: readonly string[];
  readonly #waiting: { event: PortEvent; json: string }[] = [];
  #running: Promise<void> | undefined;

  /** @param words the command and its arguments */
  constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** @param json the event as the command reads it on its standard input */
  push(event: PortEvent, json: string): void {
    if (this.#waiting.length === WAITING_LIMIT) {
      tell(`the command of --exec is too slow: event ${event.sequence} is left out`);
      return;
    }
    this.#waiting.push({ event, json });
    this.#running ??= this.#runAll();
  }

  /** What waits is dropped; resolves when the command that runs has ended. */
  async stop(): Promise<void> {
    this.#waiting.length = 0;
    await this.#running;
  }

  async #runAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const failure = await run(this.#words, next.event, next.json);
      if (failure !== undefined) tell(`--exec: ${failure}`);
    }
    this.#running = undefined;
  }
}

/** Runs the command to its end; says what went wrong, if anything did. */
async function run(words: readonly string[], event: PortEvent, json: string): Promise<string | undefined> {
  const [command = '', ...args] = words;
  try {
    const child: ChildProcess = spawn(command, args, {
      env: { ...process.env, ...eventEnvironment(event) },
      stdio: ['pipe', 'inherit', 'inherit'],
      timeout: TIME_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    const ended = once(child, 'exit');
    // A command that does not read its input is none the worse for it; without a descriptor left there is none.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(json);
    const [status, signal] = (await ended) as [number | null, string | null];
    if (signal === 'SIGKILL') return `${command} was ended after ${TIME_LIMIT_MS / 1000} s`;
    return status === 0 ? undefined : `${command} ended with ${signal ?? `status ${status}`}`;
  } catch (error) {
    return `${command} can't be run (${(error as NodeJS.ErrnoException).code})`;
  }
}
