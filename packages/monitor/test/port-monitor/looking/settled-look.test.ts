import { describe, expect, test } from 'vitest';
import { lookUntilSettled } from '../../../src/port-monitor/looking/settled-look.js';

describe('a look that was asked for', () => {
  /** Looks until nothing waits any more, which is after so many looks. Each finds its own number. */
  async function looks(count: number, { abortAt = Number.POSITIVE_INFINITY, hasUnsettled = false } = {}) {
    const abort = new AbortController();
    let taken = 0;
    const look = async () => {
      taken++;
      if (taken === abortAt) abort.abort();
      return [taken];
    };
    const records = {
      get hasUnsettled() {
        return hasUnsettled && taken < count;
      },
      isWaiting: () => taken < count,
    };
    return lookUntilSettled(look, records, abort.signal);
  }

  test('is one look if nothing waits', async () => {
    expect(await looks(1)).toEqual([1]);
  });

  test('goes on while it is not told where something closed, and finds what all its looks found', async () => {
    expect(await looks(3)).toEqual([1, 2, 3]);
  });

  test('goes on at once while something is too young', async () => {
    expect(await looks(2, { hasUnsettled: true })).toEqual([1, 2]);
  });

  test('does not wait for ever', async () => {
    const found = await looks(Number.POSITIVE_INFINITY);
    expect(found.length).toBeGreaterThan(1);
  });

  test('ends with the monitor', async () => {
    expect(await looks(Number.POSITIVE_INFINITY, { abortAt: 2 })).toEqual([1, 2]);
  });
});
