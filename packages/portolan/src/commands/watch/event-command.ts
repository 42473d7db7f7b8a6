import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { MissedEvents, PortEvent } from '@portolan/monitor';
import { endProcessGroup, killProcessGroup } from '../../children/process-group.js';
import { renderJsonLine } from '../../render/json.js';
import { tell } from '../../render/tell.js';
import { eventEnvironment } from './event-environment.js';

const TIME_LIMIT_MS = 30_000;
/** How long a running command may take to end when the watch ends. */
const GRACE_MS = 2000;

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
  #running: Promise<unknown> | undefined;
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

  /**
   * Runs it for each of these events, until they end or it is stopped.
   *
   * @param events wait for the command: it may be slow
   */
  async runForEach(events: AsyncIterable<PortEvent | MissedEvents>): Promise<void> {
    for await (const event of events) {
      if (this.#isStopped) return;
      if (event.type === 'missed') {
        tell(`the command of --exec is too slow: ${event.count} events are left out`);
        continue;
      }
      const running = this.#run(event, renderJsonLine(event));
      this.#running = running;
      const failure = await running;
      if (failure !== undefined && !this.#isStopped) tell(`--exec: ${failure}`);
    }
  }

  /** Leaves out the events that wait, and ends the running command with all that it started. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#group !== undefined) await endProcessGroup(this.#group, GRACE_MS);
    await this.#running;
  }

  /**
   * Runs the command to its end, and returns what went wrong, or undefined if nothing did.
   *
   * @param json the event as the command reads it on its standard input
   */
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
