import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../../waiting/deadline.js';
import type { HttpTarget } from './http-target.js';

/** How long one try may take. */
const TRY_MS = 5000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

const NOT_ASKED = 'was not asked';

/** A page that must answer with a status of 200 to 399, and the outcome of the last try. */
export class HttpCheck {
  readonly url: string;
  readonly #target: HttpTarget;
  readonly #path: string;
  #answer = NOT_ASKED;

  constructor(target: HttpTarget, path: string) {
    const host = target.host.includes(':') ? `[${target.host}]` : target.host;
    this.url = `http://${host}:${target.port}${path}`;
    this.#target = target;
    this.#path = path;
  }

  /** The outcome of the last try: `answered 503`. */
  get answer(): string {
    return this.#answer;
  }

  /**
   * Asks again and again, less and less often.
   *
   * @param giveUp ends the tries
   * @returns true if the page has passed, false if it was given up
   */
  async passes(giveUp: AbortSignal): Promise<boolean> {
    for (let pauseMs = FIRST_PAUSE_MS; !giveUp.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      if (await this.#try(giveUp)) return true;
      await sleep(pauseMs, undefined, { signal: giveUp }).catch(() => undefined);
    }
    return false;
  }

  async #try(giveUp: AbortSignal): Promise<boolean> {
    const deadline = new Deadline(TRY_MS, giveUp);
    try {
      const status = await this.#status(deadline.signal);
      this.#answer = `answered ${status}`;
      return status >= 200 && status < 400;
    } catch (error) {
      // A try that was given up before its answer leaves the answer of the try before it.
      if (!giveUp.aborted || this.#answer === NOT_ASKED) this.#answer = failureText(error);
      return false;
    } finally {
      deadline.clear();
    }
  }

  #status(signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = get({ ...this.#target, path: this.#path, agent: false, signal }, (response) => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
      // An answer that is none of HTTP any more (101), which `get` would close without a word.
      request.on('upgrade', (response, socket) => {
        resolve(response.statusCode ?? 0);
        socket.destroy();
      });
      request.on('error', reject);
      request.on('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    });
  }
}

function failureText(error: unknown): string {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  return code === 'ABORT_ERR' ? 'did not answer in time' : `did not answer (${code})`;
}
