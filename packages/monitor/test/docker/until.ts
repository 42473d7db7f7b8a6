import { setTimeout as delay } from 'node:timers/promises';

const LIMIT_MS = 60_000;

/** Waits for what nothing tells of. */
export async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not within ${LIMIT_MS / 1000} s: ${isSo}`);
    await delay(10);
  }
}
