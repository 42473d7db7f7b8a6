import { unlessAborted } from '../../timing/time-limit.js';
import type { Channel, Transport } from './transport.js';

/** How many bytes an answer may have. */
export const ANSWER_LIMIT = 16 * 1024 * 1024;

/**
 * Starts a program elsewhere. If it starts only after the signal was aborted, it is ended at once.
 *
 * @throws Error if the program can't be started; the signal's reason if it was aborted
 */
export async function startElsewhere(
  transport: Transport,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Channel> {
  const starting = transport.start(args);
  try {
    const channel = await unlessAborted(starting, signal);
    // `ended` tells why a stream failed.
    for (const stream of [channel.input, channel.output]) stream.on('error', () => {});
    return channel;
  } catch (error) {
    starting.then(
      (channel) => channel.close(),
      () => {},
    );
    throw error;
  }
}

/**
 * Runs a program elsewhere to its end. Its standard input is empty.
 *
 * @param parse makes the answer from what the program printed. If it throws, the error also tells why the program ended
 * @throws Error if the program can't be started, or its output is no answer or longer than {@link ANSWER_LIMIT}; the
 *   signal's reason if it was aborted
 */
export async function runElsewhere<T>(
  transport: Transport,
  args: readonly string[],
  signal: AbortSignal,
  parse: (output: Buffer) => T,
): Promise<T> {
  const channel = await startElsewhere(transport, args, signal);
  try {
    channel.input.end();
    const output = await unlessAborted(readAll(channel), signal);
    try {
      return parse(output);
    } catch (error) {
      const reason = await unlessAborted(channel.ended, signal);
      throw new Error(output.length === 0 ? reason : `${messageOf(error)}; ${reason}`, { cause: error });
    }
  } finally {
    channel.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function readAll({ output }: Channel): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    output.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > ANSWER_LIMIT) reject(new Error(`more than ${ANSWER_LIMIT} bytes came back`));
      else pieces.push(piece);
    });
    output.on('error', reject);
    for (const end of ['end', 'close']) output.on(end, () => resolve(Buffer.concat(pieces)));
  });
}
