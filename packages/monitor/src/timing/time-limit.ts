/**
 * Gives work a time limit.
 *
 * @param signal gives the work up before that
 * @param late makes the error to reject with when time runs out
 * @param work must end when the signal that it is given is aborted
 * @throws what the work throws; the reason of `signal` when that was aborted; the error of `late`
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
    // Work that was given up may end with any error: the reason for that is what counts.
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/**
 * Waits for a promise until the signal is aborted.
 *
 * @throws what the promise is rejected with; the signal's reason when that was aborted first
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
