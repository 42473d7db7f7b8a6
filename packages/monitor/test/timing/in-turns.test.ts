import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { inTurns } from '../../src/timing/in-turns.js';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('what is done in turns', () => {
  test('is done at once if it is little', () => {
    const done: number[] = [];
    expect(inTurns(numbers(99), (some) => void done.push(...some))).toBeUndefined();
    expect(done).toEqual(numbers(99));
    expect(inTurns([], () => expect.unreachable())).toBeUndefined();
  });

  test.each([100, 101, 1000])('is all done once, in order: %i', async (count) => {
    const done: number[] = [];
    await inTurns(numbers(count), (some) => void done.push(...some));
    expect(done).toEqual(numbers(count));
  });

  test('leaves the event loop to others after a hundred', async () => {
    const done: string[] = [];
    const all = inTurns(numbers(250), (some) => void done.push(`${some.length} done`));
    await setImmediate();
    done.push('another');
    await all;
    expect(done.indexOf('another')).toBeLessThan(done.length - 1);
    expect(done.filter((each) => each !== 'another')).toEqual(['100 done', '100 done', '50 done']);
  });

  test('passes over what has left a set meanwhile', async () => {
    const set = new Set(numbers(300));
    const done: number[] = [];
    const all = inTurns(set, (some) => void done.push(...some));
    for (let i = 150; i < 300; i++) set.delete(i);
    await all;
    expect(done).toEqual(numbers(150));
  });
});
