import { setImmediate } from 'node:timers/promises';

/** How long work may hold the event loop at a time. */
const SLICE_MS = 1;

/**
 * Runs work that yields wherever it may pause, and leaves the event loop to others after every slice. Work that is given up
 * is told so by `return()`, so that it closes what it holds open.
 *
 * @throws what the work throws; the signal's reason when it is aborted
 */
export async function runInSlices<T>(work: Iterator<void, T>, signal?: AbortSignal): Promise<T> {
  try {
    signal?.throwIfAborted();
    let sliceEnd = performance.now() + SLICE_MS;
    for (;;) {
      const step = work.next();
      if (step.done) return step.value;
      if (performance.now() < sliceEnd) continue;
      await setImmediate();
      signal?.throwIfAborted();
      sliceEnd = performance.now() + SLICE_MS;
    }
  } finally {
    work.return?.();
  }
}
