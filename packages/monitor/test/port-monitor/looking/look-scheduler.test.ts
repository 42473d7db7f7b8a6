import { describe, expect, test, vi } from 'vitest';
import { LookScheduler } from '../../../src/port-monitor/looking/look-scheduler.js';

/** A look that ends when it is told. */
function controlled({ gatherLimitMs = 100 } = {}) {
  const ends: ((value: number) => void)[] = [];
  const scheduler = new LookScheduler(
    () => new Promise<number>((resolve) => ends.push(resolve)),
    (found) => found > 0,
    () => gatherLimitMs,
  );
  return { ends, scheduler };
}

const tick = () => new Promise(setImmediate);
const begun = async (ends: readonly unknown[], count: number) => {
  while (ends.length < count) await tick();
};

describe('looks', () => {
  test('are one for a burst of rings', async () => {
    const { ends, scheduler } = controlled();
    for (let i = 0; i < 100; i++) scheduler.ring();
    await begun(ends, 1);
    ends[0]?.(1);
    await scheduler.stop();
    expect(ends).toHaveLength(1);
  });

  test('follow one another, and a ring during one is followed by one more', async () => {
    const { ends, scheduler } = controlled();
    const first = scheduler.lookNow();
    await begun(ends, 1);
    scheduler.ring();
    scheduler.ring();
    for (let i = 0; i < 20; i++) await tick();
    expect(ends).toHaveLength(1);
    ends[0]?.(1);
    expect(await first).toBe(1);
    await begun(ends, 2);
    ends[1]?.(2);
    await scheduler.stop();
    expect(ends).toHaveLength(2);
  });

  test('that are asked for begin after they were asked for, and are shared', async () => {
    const { ends, scheduler } = controlled();
    scheduler.ring();
    await begun(ends, 1);
    const asked = [scheduler.lookNow(), scheduler.lookNow()];
    ends[0]?.(1);
    await begun(ends, 2);
    ends[1]?.(2);
    expect(await Promise.all(asked)).toEqual([2, 2]);
    expect(ends).toHaveLength(2);
    await scheduler.stop();
  });

  test('that ran for long set no timer for a time that is over', async () => {
    const { ends, scheduler } = controlled();
    scheduler.ring();
    await begun(ends, 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const timers = vi.spyOn(globalThis, 'setTimeout');
    try {
      scheduler.ring();
      expect(timers.mock.calls.map(([, waitMs]) => waitMs)).toEqual([0]);
    } finally {
      timers.mockRestore();
    }
    ends[0]?.(1);
    await begun(ends, 2);
    ends[1]?.(1);
    await scheduler.stop();
  });

  test('are put off by rings that brought nothing, and not those that are sure to bring something', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { ends, scheduler } = controlled();
      const look = async (found: number) => {
        const { length } = ends;
        await begun(ends, length);
        ends.at(-1)?.(found);
        await tick();
      };
      // From one to the next 4 ms, 8, 16 … up to 100.
      for (let looks = 1; looks <= 10; looks++) {
        await vi.advanceTimersByTimeAsync(100);
        scheduler.ring();
        await begun(ends, looks);
        await look(0);
      }
      scheduler.ring();
      await vi.advanceTimersByTimeAsync(90);
      expect(ends).toHaveLength(10);
      scheduler.ring(true);
      await begun(ends, 11);
      await look(1);
      await vi.advanceTimersByTimeAsync(1000);
      expect(ends).toHaveLength(11);
      await scheduler.stop();
    } finally {
      vi.useRealTimers();
    }
  });

  test('are put off for no longer than is said', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { ends, scheduler } = controlled({ gatherLimitMs: 10 });
      for (let looks = 1; looks <= 10; looks++) {
        scheduler.ring();
        await vi.advanceTimersByTimeAsync(10);
        await begun(ends, looks);
        ends.at(-1)?.(0);
        await tick();
      }
      await scheduler.stop();
    } finally {
      vi.useRealTimers();
    }
  });

  test('leave the event loop to others, however often it rings meanwhile', async () => {
    let looks = 0;
    const scheduler: LookScheduler<number> = new LookScheduler(
      async () => {
        looks++;
        const end = performance.now() + 5;
        while (performance.now() < end);
        if (looks < 50) scheduler.ring(true);
        return 1;
      },
      () => true,
      () => 100,
    );
    scheduler.ring();
    let turns = 0;
    while (looks < 50) {
      await tick();
      turns++;
    }
    expect(turns).toBeGreaterThan(25);
    await scheduler.stop();
  });

  test('no longer begin after the stop, which waits for the one that runs', async () => {
    const { ends, scheduler } = controlled();
    const last = scheduler.lookNow();
    await begun(ends, 1);
    const stopped = scheduler.stop();
    scheduler.ring();
    ends[0]?.(1);
    await Promise.all([stopped, last]);
    expect(ends).toHaveLength(1);
  });
});
