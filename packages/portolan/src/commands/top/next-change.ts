import { ageChangesInMs } from './age-text.js';
import { FADE_MS, FLASH_MS } from './entries.js';
import type { Row } from './rows.js';

/**
 * The milliseconds until rows look different without an event, since they flash, fade, or grow older.
 *
 * @param hasAges true if the ages are shown
 * @returns undefined if the rows stay as they are
 */
export function nextChangeMs(rows: readonly Row[], now: number, hasAges: boolean): number | undefined {
  let next = Number.POSITIVE_INFINITY;
  for (const { openedAt, closedAt } of rows) {
    if (closedAt !== undefined) next = Math.min(next, stepMs(now - closedAt, FADE_MS));
    else if (openedAt !== undefined) {
      next = Math.min(next, stepMs(now - openedAt, FLASH_MS));
      if (hasAges) next = Math.min(next, ageChangesInMs(now - openedAt));
    }
  }
  return Number.isFinite(next) ? next : undefined;
}

/** The milliseconds until the next of two steps begins, or the last one ends. */
function stepMs(ageMs: number, lengthMs: number): number {
  if (ageMs < lengthMs / 2) return lengthMs / 2 - ageMs;
  return ageMs < lengthMs ? lengthMs - ageMs : Number.POSITIVE_INFINITY;
}
