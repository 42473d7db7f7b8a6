import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textWidth, truncateText } from '../../src/render/text-width.js';
import { visibleText } from '../../src/render/visible-text.js';

describe('visible text', () => {
  it.each([
    ['\x1b[31mred', String.raw`\x1b[31mred`],
    ['a\r\nb\0', String.raw`a\x0d\x0ab\x00`],
    ['\x7f\x9b', String.raw`\x7f\x9b`],
    ['\u202egnp.exe\u2066', String.raw`\u202egnp.exe\u2066`],
    ['\u2028\u2029\ufeff', String.raw`\u2028\u2029\ufeff`],
    ['\ud800x\udc00', String.raw`\ud800x\udc00`],
    ['\u{e0041}', String.raw`\u{e0041}`],
    ['a\u034fb\u3164c\u2800d', String.raw`a\u034fb\u3164c\u2800d`],
    ['\u115f\u17b4\u180e\ufe0f\uffa0\u{e0100}', String.raw`\u115f\u17b4\u180e\ufe0f\uffa0\u{e0100}`],
    ['\\x1b', String.raw`\\x1b`],
    ['żółw 漢字 🚀', 'żółw 漢字 🚀'],
  ])('shows %j as %s', (text, visible) => {
    expect(visibleText(text)).toBe(visible);
  });

  it('is different for different texts', () => {
    const text = fc.string({ unit: fc.constantFrom('\\', 'x', '1', 'b', 'u', '\x1b', '\u202e') });
    fc.assert(fc.property(text, text, (a, b) => (visibleText(a) === visibleText(b)) === (a === b)));
  });
});

describe('the width of a text', () => {
  it.each([
    ['node', 4],
    ['żółw', 4],
    ['z\u0307o\u0301', 2],
    ['漢字', 4],
    ['ｆｕｌｌ', 8],
    ['한글', 4],
    ['🚀', 2],
    ['×…', 2],
    ['', 0],
  ])('of %s is %i', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it('is never more than what it is cut to', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, width) => {
        expect(textWidth(truncateText(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('does not cut a wide character in two', () => {
    expect(truncateText('漢字漢字', 4)).toBe('漢…');
    expect(truncateText('漢字漢字', 8)).toBe('漢字漢字');
  });
});
