import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrapText } from '../../../src/commands/top/wrap-text.js';
import { textWidth } from '../../../src/render/text-width.js';

const wrap = (text: string, width: number, limit = 9) => wrapText(text, width, { indent: 2, limit });

describe('a wrapped text', () => {
  it.each([
    ['short', 10, ['short']],
    ['one two three four', 9, ['one two', '  three', '  four']],
    ['one two  three', 7, ['one two', '  three']],
    ['a /very/long/path', 8, ['a /very/', '  long/p', '  ath']],
    ['漢字漢字漢字', 7, ['漢字漢', '  字漢', '  字']],
  ])('breaks %j at %i', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });

  it('is cut after so many lines', () => {
    expect(wrap('one two three four', 9, 2)).toEqual(['one two', '  three …']);
  });

  it('keeps to its width, and keeps all of its letters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', '漢', '😀') }),
        fc.nat({ max: 20 }),
        (text, width) => {
          const lines = wrap(text, width, 1000);
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
          if (width > 4) expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        },
      ),
    );
  });
});
