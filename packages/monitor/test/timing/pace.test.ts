import { describe, expect, test } from 'vitest';
import { Pace } from '../../src/timing/pace.js';

function paceAfter(...looksMs: number[]): number {
  const pace = new Pace(100, 0.01);
  for (const ms of looksMs) pace.lookTook(ms);
  return pace.intervalMs;
}

describe('the pace of looks', () => {
  test('is the interval as long as a look costs no more than its share', () => {
    expect(paceAfter()).toBe(100);
    expect(paceAfter(0.1, 0.9, 1)).toBe(100);
  });

  test('is slower where looking is slow from the start', () => {
    expect(paceAfter(7)).toBe(700);
    expect(paceAfter(70, 5, 6)).toBe(500);
  });

  test('is not slower for some looks that were kept waiting', () => {
    expect(paceAfter(0.1, ...new Array<number>(7).fill(50))).toBe(100);
  });

  test('is slower once eight looks in a row were slow, by the shortest of them', () => {
    expect(paceAfter(0.1, ...new Array<number>(7).fill(50), 4)).toBe(400);
  });

  test('is a minute at most, as where a source hangs', () => {
    expect(paceAfter(...new Array<number>(20).fill(5000))).toBe(60_000);
  });

  test('is the interval again with the first quick look', () => {
    expect(paceAfter(...new Array<number>(20).fill(50), 0.5)).toBe(100);
  });
});
