import { once } from 'node:events';

/**
 * Writes to standard output, and resolves when it takes more. So no more waits for whoever reads it than a pipe and a buffer
 * hold.
 *
 * @throws the signal's reason if it is aborted while the output takes no more
 */
export async function print(text: string, signal: AbortSignal): Promise<void> {
  if (process.stdout.write(text)) return;
  signal.throwIfAborted();
  await once(process.stdout, 'drain', { signal });
}

/** Ends the program if nobody takes what it has printed: it would wait for ever. */
export async function endUnlessTaken(status: number, limitMs: number): Promise<void> {
  const limit = setTimeout(() => process.exit(status), limitMs);
  await new Promise((resolve) => process.stdout.write('', resolve));
  clearTimeout(limit);
}
