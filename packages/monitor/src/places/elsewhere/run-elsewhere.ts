import { unlessAborted } from './time-limit.js';
import type { Channel, Transport } from './transport.js';

/** How many bytes an answer may have. */
export const ANSWER_LIMIT = 16 * 1024 * 1024;

/**
 * Starts a program elsewhere; one that starts too late is ended at once.
 *
 * @throws Error where it can't be started; the signal's reason where it was aborted
 */
export async function startElsewhere(
  transport: Transport,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Channel> {
  const starting = transport.start(args);
  try {
    const channel = await unlessAborted(starting, signal);
    // Why it is over is told by `ended`.
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
 * Runs a program elsewhere to its end, with nothing to read.
 *
 * @throws Error where it can't be started, prints nothing at all or more than {@link ANSWER_LIMIT}; the signal's reason where
 *   it was aborted
 */
export async function runElsewhere(
  transport: Transport,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Buffer> {
  const channel = await startElsewhere(transport, args, signal);
  try {
    channel.input.end();
    const output = await unlessAborted(readAll(channel), signal);
    if (output.length === 0) throw new Error(await unlessAborted(channel.ended, signal));
    return output;
  } finally {
    channel.close();
  }
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
