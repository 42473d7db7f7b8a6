import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { PortEvent } from '@portolan/monitor';
import { endProcessGroup, killProcessGroup } from '../../children/process-group.js';
import { tell } from '../../render/tell.js';
import { eventEnvironment } from './event-environment.js';

const TIME_LIMIT_MS = 30_000;
/** How long a running command may take to end when the watch ends. */
const GRACE_MS = 2000;
/** How many events wait for the command before one is dropped. */
const WAITING_LIMIT = 1000;

/** How a command is run for an event. */
export interface EventCommandOptions {
  /** How long the command may run. */
  readonly limitMs?: number;
  /** True if its output goes to standard error, since standard output is for the events. */
  readonly printsToStderr?: boolean;
}

/** Runs a command for each event, one after the other. */
export class EventCommand {
  readonly #words: readonly string[];
  readonly #limitMs: number;
  readonly #output: 1 | 2;
  readonly #waiting: { event: PortEvent; json: string }[] = [];
  #running: Promise<void> | undefined;
  /** The process group of the command that runs. */
  #group: number | undefined;
  #isStopped = false;

  /** @param words the command and its arguments */
  constructor(
    words: readonly string[],
    { limitMs = TIME_LIMIT_MS, printsToStderr = false }: EventCommandOptions = {},
  ) {
    this.#words = words;
    this.#limitMs = limitMs;
    this.#output = printsToStderr ? 2 : 1;
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

  /** Drops the events that wait, and ends the running command with all that it started. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting.length = 0;
    if (this.#group !== undefined) await endProcessGroup(this.#group, GRACE_MS);
    await this.#running;
  }

  async #runAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const failure = await this.#run(next.event, next.json);
      if (failure !== undefined && !this.#isStopped) tell(`--exec: ${failure}`);
    }
    this.#running = undefined;
  }

  /** Runs the command to its end, and returns what went wrong, or undefined if nothing did. */
  async #run(event: PortEvent, json: string): Promise<string | undefined> {
    const [command = '', ...args] = this.#words;
    let isOverdue = false;
    let limit: NodeJS.Timeout | undefined;
    try {
      const child: ChildProcess = spawn(command, args, {
        env: { ...process.env, ...eventEnvironment(event) },
        stdio: ['pipe', this.#output, 'inherit'],
        // In a group of its own, so that it can be ended with whatever it has started.
        detached: true,
      });
      const ended = once(child, 'exit');
      // A command need not read its input. If no descriptor is left, there is no input.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(json);
      this.#group = child.pid;
      limit = setTimeout(() => {
        isOverdue = true;
        if (child.pid !== undefined) killProcessGroup(child.pid);
      }, this.#limitMs);
      const [status, signal] = (await ended) as [number | null, string | null];
      if (isOverdue) return `${command} was ended after ${this.#limitMs / 1000} s`;
      if (signal !== null) return `${command} was ended by ${signal}`;
      return status === 0 ? undefined : `${command} ended with status ${status}`;
    } catch (error) {
      return `${command} can't be run (${(error as NodeJS.ErrnoException).code})`;
    } finally {
      clearTimeout(limit);
      this.#group = undefined;
    }
  }
}
