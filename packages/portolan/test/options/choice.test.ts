import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/options/choice.js';

describe('the nearest word', () => {
  it.each([
    ['prot', 'protocol'],
    ['adress', 'address'],
    ['pdi', undefined],
    ['xyz', undefined],
    ['', undefined],
  ])('to %j is %s', (typed, word) => {
    expect(nearest(typed, ['port', 'protocol', 'address', 'process', 'pid', 'user'])).toBe(word);
  });
});
