import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex, Readable, Writable } from 'node:stream';
import { safeLine } from '../../programs/safe-line.js';
import { withinTime } from '../../timing/time-limit.js';
import { type EngineAddress, type EngineKind, formatEngineAddress } from './engine-address.js';
import { EngineError } from './engine-error.js';

const LOCAL_TIME_LIMIT_MS = 2000;
const REMOTE_TIME_LIMIT_MS = 10_000;

/** How many bytes an answer may have. A list of a thousand containers has some 1.5 MB. */
const ANSWER_LIMIT = 8 * 1024 * 1024;

const NAMES = { docker: 'Docker', podman: 'Podman' } as const;

/** What an engine answered. */
export interface EngineAnswer {
  readonly status: number;
  /** The parsed JSON of the answer; undefined if the answer is empty. */
  readonly value: unknown;
}

/** A connection that has left HTTP and carries a program's streams. */
export interface RawConnection {
  readonly input: Writable;
  readonly output: Readable;
}

/**
 * Speaks HTTP with a container engine. Each request has its own connection.
 *
 * Paths have no version of the API: all versions of Docker and Podman in use understand such paths, and no version is
 * understood by all of them. The client waits 2 s for an answer, or 10 s if the engine is on another machine.
 */
export class EngineClient {
  /** The engine's name in messages: `Docker at /var/run/docker.sock`. */
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
   * Asks, and reads the whole answer, whatever its status.
   *
   * @throws EngineError if there is no engine, or no answer; the signal's reason if it was aborted
   */
  ask(method: 'GET' | 'POST', path: string, body?: object, signal?: AbortSignal): Promise<EngineAnswer> {
    return this.#within(this.#timeLimitMs, signal, async (limit) => {
      const httpRequest = await this.#request(method, path, body, {}, limit);
      const [response] = (await once(httpRequest, 'response', { signal: limit })) as [IncomingMessage];
      return this.#readAnswer(response);
    });
  }

  /**
   * Asks for a raw connection instead of an answer (Docker Engine API, ContainerAttach, "Hijacking").
   *
   * @throws EngineError if there is no engine, or it refuses
   */
  openRaw(path: string, body: object): Promise<RawConnection> {
    // The engine starts a program first, which may take longer than an answer.
    return this.#within(REMOTE_TIME_LIMIT_MS, undefined, async (limit) => {
      const httpRequest = await this.#request(
        'POST',
        path,
        body,
        { connection: 'Upgrade', upgrade: 'tcp' },
        limit,
      );
      return new Promise<RawConnection>((resolve, reject) => {
        httpRequest.on('error', reject);
        httpRequest.on('upgrade', (_, socket: Duplex, head: Buffer) => {
          if (head.length > 0) socket.unshift(head);
          resolve({ input: socket, output: socket });
        });
        httpRequest.on('response', (response: IncomingMessage) => {
          // Old engines do not announce the upgrade: they answer 200, and the stream follows.
          if (response.statusCode === 200) resolve({ input: response.socket, output: response });
          else this.#readAnswer(response).then((answer) => reject(this.refusal(answer)), reject);
        });
      });
    });
  }

  /** The error for an answer by which the engine refuses. */
  refusal({ status, value }: EngineAnswer): EngineError {
    const said = messageOf({ value });
    return new EngineError(`${this.name}: ${said === '' ? 'it answers' : said} (status ${status})`);
  }

  /** The error for an answer that breaks the Docker Engine API. */
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
    // Loaded here, so that a program that asks no engine does not wait for these modules.
    const [{ request }, { openConnection }] = await Promise.all([
      import('node:http'),
      import('./engine-connection.js'),
    ]);
    const connection = await openConnection(this.kind, this.address, signal);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const httpRequest = request({
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
    // `once()` and the other waiters see an error. Without these handlers an error after the answer would be uncaught.
    connection.on('error', () => undefined);
    httpRequest.on('error', () => undefined);
    const giveUp = () => httpRequest.destroy(signal.reason);
    signal.addEventListener('abort', giveUp);
    httpRequest.on('close', () => signal.removeEventListener('abort', giveUp));
    return httpRequest.end(text);
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
      // A proxy in between may refuse with something other than JSON.
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
    const address = formatEngineAddress(this.address);
    switch (code) {
      case 'EACCES':
      case 'EPERM': {
        const help = this.kind === 'docker' ? 'try sudo, or join the group docker' : 'try sudo';
        return `you may not talk to ${engine} at ${address} (${code}); ${help}`;
      }
      case 'ENOENT':
      case 'ECONNREFUSED':
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
      case 'EHOSTUNREACH':
      case 'ENETUNREACH':
      case 'ETIMEDOUT':
        return `no ${engine} engine answers at ${address} (${code})`;
      case 'ECONNRESET':
      case 'EPIPE':
        return `${this.name} broke the connection off (${code})`;
      default:
        return `${this.name} can't be asked: ${message}${code === undefined ? '' : ` (${code})`}`;
    }
  }
}

/** The reason in an engine's error, safe to print; empty if there is none. */
export function messageOf({ value }: Pick<EngineAnswer, 'value'>): string {
  const message = typeof value === 'object' && value !== null && 'message' in value ? value.message : '';
  return typeof message === 'string' ? safeLine(message) : '';
}
