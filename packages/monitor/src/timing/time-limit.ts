/**
 * Gives work a time limit, and passes on the signal of whoever may give it up.
 *
 * @param late what to reject with where time runs out
 * @param work ends when its signal is aborted
 * @throws what the work throws; where it was given up, the signal's reason, or `late`
 */
export async function withinTime<T>(
  limitMs: number,
  signal: AbortSignal | undefined,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  const timer = setTimeout(() => stop.abort(late()), limitMs);
  signal?.addEventListener('abort', abort);
  try {
    return await work(stop.signal);
  } catch (error) {
    // Whatever the end of the work looks like then, it was given up.
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/**
 * Waits for a promise no longer than until the signal is aborted.
 *
 * @throws what the promise is rejected with; the signal's reason where it was aborted before
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
