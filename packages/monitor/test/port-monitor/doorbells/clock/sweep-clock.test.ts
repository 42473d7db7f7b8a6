import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  lookInSlices,
  SweepClock,
  type SweptWatch,
} from '../../../../src/port-monitor/doorbells/clock/sweep-clock.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Keeps the processor busy. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** One that counts its looks, and is answered or not. */
function watchThat(look: () => void, hasAnswered = true): SweptWatch {
  return { hasAnswered, lookUnlessUnchanged: async () => look() };
}

test('looks by the clock take no more than their share', async () => {
  vi.useRealTimers();
  const clock = new SweepClock({ intervalMs: 10, cpuShare: 0.1, persistent: true });
  let sweeps = 0;
  const watches = Array.from({ length: 20 }, (_, i) =>
    watchThat(() => {
      work(0.5);
      if (i === 0) sweeps++;
    }),
  );
  for (const watch of watches) clock.join(watch);
  await sleep(2000);
  for (const watch of watches) clock.leave(watch);
  // 10 ms or more, every 100 ms or less often, after two that came before that was known.
  expect(sweeps).toBeLessThanOrEqual(22);
  expect(sweeps).toBeGreaterThan(4);
});

test('a site that does not answer is left out for longer and longer, and the others are not', async () => {
  const clock = new SweepClock({ intervalMs: 100, cpuShare: 1, persistent: true });
  const looks = { answers: 0, fails: 0 };
  const good = watchThat(() => void looks.answers++);
  const bad = watchThat(() => void looks.fails++, false);
  clock.join(good);
  clock.join(bad);
  await vi.advanceTimersByTimeAsync(60_000);
  // After 0, 1, 3, 7, 15 and 31 seconds.
  expect(looks.fails).toBe(6);
  expect(looks.answers).toBeGreaterThan(590);
  clock.leave(good);
  clock.leave(bad);
  const { answers } = looks;
  await vi.advanceTimersByTimeAsync(1000);
  expect(looks.answers).toBe(answers);
});

test('a site that leaves while others are looked at is not looked at any more', async () => {
  const clock = new SweepClock({ intervalMs: 100, cpuShare: 1, persistent: true });
  let looks = 0;
  const second = watchThat(() => void looks++);
  const first = watchThat(() => clock.leave(second));
  clock.join(first);
  clock.join(second);
  await vi.advanceTimersByTimeAsync(1000);
  expect(looks).toBe(0);
  clock.leave(first);
});

test('the event loop is left to others after every slice', async () => {
  vi.useRealTimers();
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const tookMs = await lookInSlices(Array.from({ length: 30 }, () => async () => work(2)));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
  expect(tookMs).toBeGreaterThanOrEqual(60);
});
