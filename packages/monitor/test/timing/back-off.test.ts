import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BackOff } from '../../src/timing/back-off.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** The time until it is due, in seconds. */
function wait(backOff: BackOff): number {
  let seconds = 0;
  while (!backOff.isDue) {
    vi.advanceTimersByTime(1000);
    seconds++;
  }
  return seconds;
}

test('what failed is due after a second, then after twice as long each time, up to a minute', () => {
  const backOff = new BackOff();
  const waits = Array.from({ length: 8 }, () => {
    backOff.failed();
    return wait(backOff);
  });
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
});

test('a success, or a minute without a failure, has it begin anew', () => {
  const backOff = new BackOff();
  expect(backOff.isDue).toBe(true);
  for (const forget of [() => backOff.succeeded(), () => vi.advanceTimersByTime(100_000)]) {
    backOff.failed();
    backOff.failed();
    expect(wait(backOff)).toBe(2);
    forget();
    backOff.failed();
    expect(wait(backOff)).toBe(1);
    backOff.succeeded();
  }
});
