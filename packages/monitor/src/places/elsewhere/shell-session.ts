import { randomBytes } from 'node:crypto';
import { unlessAborted } from '../../timing/time-limit.js';
import { type Answer, FrameReader } from './frames.js';
import { ANSWER_LIMIT, startElsewhere } from './run-elsewhere.js';
import { shellScript } from './shell-script.js';
import type { Channel, Transport } from './transport.js';

/** A shell that runs elsewhere and answers requests, one at a time (see {@link shellScript}). */
export class ShellSession {
  readonly #channel: Channel;
  readonly #token: string;
  #auxv: Buffer = Buffer.alloc(0);
  #requests = 0;
  #endedWith: Error | undefined;
  #rejectAnswer: (error: Error) => void = () => {};

  private constructor(channel: Channel, token: string) {
    this.#channel = channel;
    this.#token = token;
    channel.ended.then((reason) => {
      this.#endedWith = new Error(reason);
      this.#rejectAnswer(this.#endedWith);
    });
  }

  /**
   * Starts `sh`, and waits for its first answer.
   *
   * @throws Error if it can't be started, ends or prints something else; the signal's reason if it was aborted
   */
  static async open(transport: Transport, signal: AbortSignal): Promise<ShellSession> {
    const token = randomBytes(16).toString('hex');
    const session = new ShellSession(await startElsewhere(transport, ['sh'], signal), token);
    try {
      const { parts } = await session.#exchange(shellScript(token), signal);
      session.#auxv = parts[0]?.bytes ?? session.#auxv;
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** The auxiliary vector of a `cat` that the shell ran; empty if `cat` could not read it. */
  get auxv(): Buffer {
    return this.#auxv;
  }

  /**
   * Sends a request and waits for the answer. After a failure the session can't be used any more.
   *
   * @param request plain words with blanks between them, as {@link shellScript} takes them
   * @throws Error if the shell has ended, or the answer is damaged; the signal's reason if it was aborted
   */
  ask(request: string, signal: AbortSignal): Promise<Answer> {
    return this.#exchange(`${this.#requests} ${request}\n`, signal);
  }

  /** Ends the shell. */
  close(): void {
    this.#channel.close();
  }

  async #exchange(text: string, signal: AbortSignal): Promise<Answer> {
    if (this.#endedWith !== undefined) throw this.#endedWith;
    const { input, output } = this.#channel;
    const reader = new FrameReader(this.#token, this.#requests++, ANSWER_LIMIT);
    let take: (piece: Buffer) => void = () => {};
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#rejectAnswer = reject;
      take = (piece) => {
        try {
          const whole = reader.push(piece);
          if (whole !== undefined) resolve(whole);
        } catch (error) {
          reject(error);
        }
      };
    });
    output.on('data', take);
    output.resume();
    input.write(text);
    try {
      return await unlessAborted(answer, signal);
    } finally {
      // Until the next request nothing that is printed there is read, so that it can't pile up here.
      output.pause();
      output.off('data', take);
    }
  }
}
