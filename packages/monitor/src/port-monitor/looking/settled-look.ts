import { setTimeout as sleep } from 'node:timers/promises';
import { type RecordsBetweenLooks, SETTLING_MS } from '../records/records-between-looks.js';

/** How long a look that was asked for waits to be told where something closed. */
const HEARING_MS = 100;

/**
 * Looks until all is told that was recorded before the call. Records that are too young for a look wait for the next one,
 * and those of which it is not yet told where they were wait for that.
 *
 * @param look takes a look that begins after the call
 * @returns what all these looks found
 */
export async function lookUntilSettled<T>(
  look: () => Promise<readonly T[]>,
  records: Pick<RecordsBetweenLooks, 'hasUnsettled' | 'isWaiting'>,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const calledAt = performance.now();
  const sinceNs = process.hrtime.bigint() - BigInt(HEARING_MS * 1e6);
  const found: (readonly T[])[] = [];
  for (;;) {
    const beganAt = performance.now();
    found.push(await look());
    if (signal.aborted) break;
    if (records.hasUnsettled && beganAt <= calledAt + SETTLING_MS) continue;
    if (!records.isWaiting(sinceNs) || beganAt > calledAt + HEARING_MS) break;
    await sleep(1);
  }
  return found.flat();
}
