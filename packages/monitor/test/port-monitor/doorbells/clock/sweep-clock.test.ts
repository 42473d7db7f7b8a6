import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lookInSlices, SweepClock } from '../../../../src/port-monitor/doorbells/clock/sweep-clock.js';

const ring = () => undefined;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Keeps the processor busy. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('looks by the clock take no more than their share', async () => {
  vi.useRealTimers();
  const clock = new SweepClock({ intervalMs: 10, cpuShare: 0.1, persistent: true });
  const bells = Array.from({ length: 20 }, () => clock.join());
  let sweeps = 0;
  for (const [i, each] of bells.entries()) {
    await each.start(ring, async () => {
      work(0.5);
      each.noteSource('netlink');
      if (i === 0) sweeps++;
    });
  }
  await sleep(2000);
  for (const each of bells) await each.stop();
  // 10 ms or more, every 100 ms or less often, after two that came before that was known.
  expect(sweeps).toBeLessThanOrEqual(22);
  expect(sweeps).toBeGreaterThan(4);
});

test('a site that does not answer is left out for longer and longer, and the others are not', async () => {
  const clock = new SweepClock({ intervalMs: 100, cpuShare: 1, persistent: true });
  const looks = { answers: 0, fails: 0 };
  const [good, bad] = [clock.join(), clock.join()];
  await good.start(ring, async () => {
    looks.answers++;
    good.noteSource('netlink');
  });
  await bad.start(ring, async () => {
    looks.fails++;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  // After 0, 1, 3, 7, 15 and 31 seconds.
  expect(looks.fails).toBe(6);
  expect(looks.answers).toBeGreaterThan(590);
  await Promise.all([good.stop(), bad.stop()]);
  expect(good.best).toBeUndefined();
});

test('a site that leaves while others are looked at is not looked at any more', async () => {
  const clock = new SweepClock({ intervalMs: 100, cpuShare: 1, persistent: true });
  const [first, second] = [clock.join(), clock.join()];
  let looks = 0;
  await first.start(ring, async () => {
    first.noteSource('netlink');
    await second.stop();
  });
  await second.start(ring, async () => void looks++);
  await vi.advanceTimersByTimeAsync(1000);
  expect(looks).toBe(0);
  await first.stop();
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
