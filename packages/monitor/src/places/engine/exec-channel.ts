import { Readable, type Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { safeLine } from '../../programs/safe-line.js';
import type { Channel } from '../elsewhere/transport.js';
import type { EngineClient, RawConnection } from './engine-client.js';
import { MultiplexedStream } from './multiplexed-stream.js';

const COMPLAINT_LIMIT = 2000;

/** An engine may close a program's streams a moment before it knows the exit status. So the status is asked for again. */
const STATUS_ATTEMPTS = 5;
const STATUS_INTERVAL_MS = 50;

/** The runtime that starts programs for an engine. It writes its own message if it can't start one. */
const RUNTIME = /\b(?:OCI runtime|runc|crun)\b/;
const MISSING = /executable file not found|no such file or directory/i;

/** A program that runs in a container. Its streams never emit `error`: they end, and `ended` tells the reason. */
export class ExecChannel implements Channel {
  readonly input: Writable;
  readonly output: Readable;
  readonly ended: Promise<string>;
  readonly #client: EngineClient;
  readonly #execId: string;
  readonly #program: string;
  readonly #connection: RawConnection;
  readonly #demultiplexer = new MultiplexedStream();
  /** The first bytes of its standard error. */
  #complaint = '';
  /** The first bytes of its output: Docker writes the runtime's message there. */
  #outputStart = '';
  #isOver = false;
  #end: (reason: string | Promise<string>) => void = () => undefined;

  constructor(client: EngineClient, execId: string, program: string, connection: RawConnection) {
    this.#client = client;
    this.#execId = execId;
    this.#program = safeLine(program);
    this.#connection = connection;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const { input, output: frames } = connection;
    this.input = input;
    this.output = new Readable({
      read: () => frames.resume(),
      destroy: (error, done) => {
        this.close();
        done(error);
      },
    });
    input.on('error', () => undefined);
    frames.on('data', (bytes: Buffer) => this.#take(bytes));
    frames.on('end', () => this.#connectionEnded());
    frames.on('error', (error) => this.#finish(`${client.name}: ${safeLine(error.message)}`));
    frames.on('close', () => this.#finish(`${client.name} broke the connection off`));
  }

  /** An engine does not end a program when its client goes. A program that reads its input ends with the input. */
  close(): void {
    this.#finish('closed');
  }

  #take(bytes: Buffer): void {
    let hasRoom = true;
    try {
      for (const { stream, bytes: piece } of this.#demultiplexer.take(bytes)) {
        if (stream === 'output') {
          this.#outputStart = appended(this.#outputStart, piece);
          hasRoom = this.output.push(piece);
        } else {
          this.#complaint = appended(this.#complaint, piece);
        }
      }
    } catch (error) {
      this.#damaged(error);
    }
    if (!hasRoom) this.#connection.output.pause();
  }

  #connectionEnded(): void {
    try {
      this.#demultiplexer.end();
      this.#finish(this.#howItEnded());
    } catch (error) {
      this.#damaged(error);
    }
  }

  #damaged(error: unknown): void {
    this.#finish(`${this.#client.name}: ${error instanceof Error ? error.message : String(error)}`);
  }

  #finish(reason: string | Promise<string>): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.output.push(null);
    this.#connection.output.destroy();
    this.#connection.input.destroy();
    this.#end(reason);
  }

  async #howItEnded(): Promise<string> {
    const said = safeLine(this.#complaint);
    try {
      const status = await this.#exitStatus();
      if (status === undefined) return `${this.#client.name} let go of ${this.#program}`;
      if (status === 126 || status === 127) {
        const complaint = said === '' ? safeLine(this.#outputStart) : said;
        if (RUNTIME.test(complaint)) return this.#whyNotStarted(complaint);
      }
      return `${this.#program} ended with status ${status}${said === '' ? '' : `: ${said}`}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #whyNotStarted(complaint: string): string {
    if (MISSING.test(complaint)) return `there is no ${this.#program} in the container`;
    return `${this.#program} can't be run in the container: ${complaint}`;
  }

  /** Asks with ExecInspect (Docker Engine API). Undefined if the program still runs, or the engine has forgotten it. */
  async #exitStatus(): Promise<number | undefined> {
    for (let asked = 0; asked < STATUS_ATTEMPTS; asked++) {
      if (asked > 0) await delay(STATUS_INTERVAL_MS);
      const answer = await this.#client.ask('GET', `/exec/${this.#execId}/json`);
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw this.#client.refusal(answer);
      const status = exitCodeOf(answer.value);
      if (status !== undefined) return status;
    }
    return undefined;
  }
}

/** While a program runs, Docker's code is null and Podman's a number. Podman's is -1 if it does not know the code. */
function exitCodeOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { Running, ExitCode } = value as Record<string, unknown>;
  return Running === false && typeof ExitCode === 'number' && ExitCode >= 0 ? ExitCode : undefined;
}

function appended(text: string, bytes: Buffer): string {
  const room = COMPLAINT_LIMIT - text.length;
  return room > 0 ? text + bytes.toString('latin1', 0, Math.min(bytes.length, room)) : text;
}
