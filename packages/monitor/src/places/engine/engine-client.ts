import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex, Readable, Writable } from 'node:stream';
import { safeLine } from '../../programs/safe-line.js';
import { withinTime } from '../../timing/time-limit.js';
import { type EngineAddress, type EngineKind, formatEngineAddress } from './engine-address.js';
import { EngineError } from './engine-error.js';

const LOCAL_TIME_LIMIT_MS = 2000;
const REMOTE_TIME_LIMIT_MS = 10_000;

/** A thousand containers are some 1.5 MB. */
const ANSWER_LIMIT = 8 * 1024 * 1024;

const NAMES = { docker: 'Docker', podman: 'Podman' } as const;

/** What an engine answered. */
export interface EngineAnswer {
  readonly status: number;
  /** The JSON of the answer; undefined where that is empty. */
  readonly value: unknown;
}

/** A connection that has left HTTP: a program's streams. */
export interface RawConnection {
  readonly input: Writable;
  readonly output: Readable;
}

/**
 * Speaks HTTP with a container engine, on a connection of its own for every request.
 *
 * Paths have no version: what all of Docker's and Podman's understand that are in use, while no single version is. An answer
 * is awaited for 2 s, or for 10 s where the engine is on another machine.
 */
export class EngineClient {
  /** The engine as messages name it: `Docker at /var/run/docker.sock`. */
  readonly name: string;
  readonly #timeLimitMs: number;

  constructor(
    readonly kind: EngineKind,
    readonly address: EngineAddress,
  ) {
    this.name = `${NAMES[kind]} at ${formatEngineAddress(address)}`;
    this.#timeLimitMs = address.over === 'unix' ? LOCAL_TIME_LIMIT_MS : REMOTE_TIME_LIMIT_MS;
  }

  /**
   * Asks, and takes the whole answer, whatever its status.
   *
   * @throws EngineError where there is no engine, or no answer; the signal's reason where it was aborted
   */
  ask(method: 'GET' | 'POST', path: string, body?: object, signal?: AbortSignal): Promise<EngineAnswer> {
    return this.#within(this.#timeLimitMs, signal, async (limit) => {
      const asking = await this.#request(method, path, body, {}, limit);
      const [response] = (await once(asking, 'response', { signal: limit })) as [IncomingMessage];
      return this.#readAnswer(response);
    });
  }

  /**
   * Asks for a raw connection in the place of an answer (Docker Engine API, ContainerAttach, "Hijacking").
   *
   * @throws EngineError where there is no engine, or it refuses
   */
  openRaw(path: string, body: object): Promise<RawConnection> {
    // Something is started first, which may take longer than an answer.
    return this.#within(REMOTE_TIME_LIMIT_MS, undefined, async (limit) => {
      const asking = await this.#request(
        'POST',
        path,
        body,
        { connection: 'Upgrade', upgrade: 'tcp' },
        limit,
      );
      return new Promise<RawConnection>((resolve, reject) => {
        asking.on('error', reject);
        asking.on('upgrade', (_, socket: Duplex, head: Buffer) => {
          if (head.length > 0) socket.unshift(head);
          resolve({ input: socket, output: socket });
        });
        asking.on('response', (response: IncomingMessage) => {
          // Engines from before there were upgrades go over to the stream without a word.
          if (response.statusCode === 200) resolve({ input: response.socket, output: response });
          else this.#readAnswer(response).then((answer) => reject(this.refusal(answer)), reject);
        });
      });
    });
  }

  /** What an answer says that is none to what was asked. */
  refusal({ status, value }: EngineAnswer): EngineError {
    const said = messageOf({ value });
    return new EngineError(`${this.name}: ${said === '' ? 'it answers' : said} (status ${status})`);
  }

  /** An answer that is not what the Docker Engine API says it should be. */
  unexpected(what: string): EngineError {
    return new EngineError(`${this.name} gave ${what}`);
  }

  async #request(
    method: string,
    path: string,
    body: object | undefined,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<ClientRequest> {
    // Loaded only now, so that whoever asks no engine does not wait for it.
    const [{ request }, { openConnection }] = await Promise.all([
      import('node:http'),
      import('./engine-connection.js'),
    ]);
    const connection = await openConnection(this.kind, this.address, signal);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const asking = request({
      method,
      path,
      headers: {
        host: 'localhost',
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...headers,
      },
      createConnection: () => connection,
    });
    // Whoever waits is told; what fails after that is of no interest.
    connection.on('error', () => undefined);
    asking.on('error', () => undefined);
    const giveUp = () => asking.destroy(signal.reason);
    signal.addEventListener('abort', giveUp);
    asking.on('close', () => signal.removeEventListener('abort', giveUp));
    return asking.end(text);
  }

  async #readAnswer(response: IncomingMessage): Promise<EngineAnswer> {
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of response as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > ANSWER_LIMIT) throw this.unexpected(`an answer of more than ${ANSWER_LIMIT} bytes`);
      pieces.push(piece);
    }
    const status = response.statusCode ?? 0;
    if (length === 0) return { status, value: undefined };
    try {
      return { status, value: JSON.parse(Buffer.concat(pieces).toString()) };
    } catch (cause) {
      // Whatever stands in between may refuse in words of its own.
      if (status >= 300) return { status, value: undefined };
      throw new EngineError(`${this.name} gave an answer that is not JSON`, { cause });
    }
  }

  async #within<T>(
    timeLimitMs: number,
    signal: AbortSignal | undefined,
    act: (limit: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const late = () => new EngineError(`${this.name} gave no answer within ${timeLimitMs / 1000} s`);
    try {
      return await withinTime(timeLimitMs, signal, late, act);
    } catch (error) {
      throw error instanceof EngineError || signal?.aborted ? error : this.#unreachable(error);
    }
  }

  #unreachable(cause: unknown): EngineError {
    const { code, message } = cause as NodeJS.ErrnoException;
    return new EngineError(this.#whyUnreachable(code, safeLine(message)), { cause });
  }

  #whyUnreachable(code: string | undefined, message: string): string {
    const engine = NAMES[this.kind];
    const place = formatEngineAddress(this.address);
    switch (code) {
      case 'EACCES':
      case 'EPERM': {
        const help = this.kind === 'docker' ? 'try sudo, or join the group docker' : 'try sudo';
        return `you may not talk to ${engine} at ${place} (${code}); ${help}`;
      }
      case 'ENOENT':
      case 'ECONNREFUSED':
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
      case 'EHOSTUNREACH':
      case 'ENETUNREACH':
      case 'ETIMEDOUT':
        return `no ${engine} engine answers at ${place} (${code})`;
      case 'ECONNRESET':
      case 'EPIPE':
        return `${this.name} broke the connection off (${code})`;
      default:
        return `${this.name} can't be asked: ${message}${code === undefined ? '' : ` (${code})`}`;
    }
  }
}

/** The reason in an engine's error, safe to print; empty where there is none. */
export function messageOf({ value }: Pick<EngineAnswer, 'value'>): string {
  const message = typeof value === 'object' && value !== null && 'message' in value ? value.message : '';
  return typeof message === 'string' ? safeLine(message) : '';
}
