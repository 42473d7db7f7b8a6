/**
 * Does something that can be aborted, for no longer than a time.
 *
 * @param late what to reject with when the time is over
 * @throws the signal's reason where it was aborted, `late`, or what `act` throws
 */
export async function withinTime<T>(
  timeLimitMs: number,
  late: Error,
  signal: AbortSignal | undefined,
  act: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const limit = new AbortController();
  const abort = () => limit.abort(signal?.reason);
  signal?.addEventListener('abort', abort);
  const timer = setTimeout(() => limit.abort(late), timeLimitMs);
  try {
    return await act(limit.signal);
  } catch (error) {
    limit.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
