import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ClockDoorbell } from '../../../../src/port-monitor/doorbells/clock/clock.js';
import { Bell } from '../bell.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('rings at each interval, and not at the start', async () => {
  const bell = new Bell();
  const clock = new ClockDoorbell(100, { persistent: true });
  await clock.start(bell.ring);
  expect(bell.count).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(bell.count).toBe(10);
  await clock.stop();
});

test('a longer interval counts from the next ring on', async () => {
  const bell = new Bell();
  const clock = new ClockDoorbell(100, { persistent: true });
  await clock.start(bell.ring);
  clock.intervalMs = 1000;
  vi.advanceTimersByTime(100);
  expect(bell.count).toBe(1);
  vi.advanceTimersByTime(999);
  expect(bell.count).toBe(1);
  vi.advanceTimersByTime(1);
  expect(bell.count).toBe(2);
  await clock.stop();
});

test('a shorter interval counts at once', async () => {
  const bell = new Bell();
  const clock = new ClockDoorbell(10_000, { persistent: true });
  await clock.start(bell.ring);
  vi.advanceTimersByTime(50);
  clock.intervalMs = 100;
  vi.advanceTimersByTime(100);
  expect(bell.count).toBe(1);
  await clock.stop();
});

test('is silent after stop(), which may come twice, before the start, or out of a ring', async () => {
  const clock = new ClockDoorbell(100, { persistent: true });
  await clock.stop();
  const ring = vi.fn(() => void clock.stop());
  await clock.start(ring);
  vi.advanceTimersByTime(1000);
  expect(ring).toHaveBeenCalledOnce();
  await clock.stop();
  await clock.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test.each([true, false])('keeps the process alive if persistent is %s', async (persistent) => {
  vi.useRealTimers();
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const clock = new ClockDoorbell(60_000, { persistent });
  await clock.start(() => undefined);
  const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  expect(after - before).toBe(persistent ? 1 : 0);
  await clock.stop();
});
