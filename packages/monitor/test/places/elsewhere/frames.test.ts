import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Answer, FrameReader } from '../../../src/places/elsewhere/frames.js';
import { damaged } from '../../fixtures/damage.js';

const TOKEN = '0123456789abcdef0123456789abcdef';
const LIMIT = 100_000;
const WHOLE = Buffer.from(`
${TOKEN} 7 tables
Linux version 6
  sl  local_address
${TOKEN} 7 1/stat
1 (a) S 0

${TOKEN} 7 end
`);
const PARTS = { tables: 'Linux version 6\n  sl  local_address', '1/stat': '1 (a) S 0\n' };

function read(bytes: Buffer, sizes: readonly number[] = []): Answer | undefined {
  const reader = new FrameReader(TOKEN, 7, LIMIT);
  let from = 0;
  for (const size of [...sizes, bytes.length]) {
    const answer = reader.push(bytes.subarray(from, from + size));
    if (answer !== undefined) return answer;
    from += size;
  }
  return undefined;
}

function texts(answer: Answer | undefined): Record<string, string> {
  return Object.fromEntries(answer?.parts.map(({ label, bytes }) => [label, bytes.toString('latin1')]) ?? []);
}

describe('an answer', () => {
  test('is the same however it is cut into pieces, and whatever stands before it', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 100 });
    const rubbish = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(rubbish, sizes, (before, pieces) => {
        const answer = read(Buffer.concat([before, WHOLE]), pieces);
        expect(answer?.last).toBe('end');
        expect(texts(answer)).toEqual(PARTS);
      }),
      { numRuns: 500 },
    );
  });

  test('has parts of any bytes, empty ones too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (body) => {
        const bytes = Buffer.concat([
          Buffer.from(`${TOKEN} 7 auxv\n`),
          body,
          Buffer.from(`\n${TOKEN} 7 none\n`),
        ]);
        expect(read(bytes)).toEqual({ parts: [{ label: 'auxv', bytes: Buffer.from(body) }], last: 'none' });
      }),
    );
    expect(texts(read(Buffer.from(`${TOKEN} 7 auxv\n${TOKEN} 7 end\n`)))).toEqual({ auxv: '' });
  });

  test('is not whole before its last mark', () => {
    for (let length = 0; length < WHOLE.length; length++) {
      expect(read(WHOLE.subarray(0, length))).toBeUndefined();
    }
    expect(read(WHOLE)).toBeDefined();
  });

  test.each([
    ['another token', TOKEN.replaceAll('0', '1'), 7],
    ['the number of another request', TOKEN, 6],
    ['a number that begins like it', TOKEN, 77],
  ])('under %s is none', (_, token, request) => {
    expect(read(Buffer.from(`${token} ${request} same\n`))).toBeUndefined();
  });

  test.each([' ', 'UP', 'a b', '\x1b[2J', 'x'.repeat(65)])('with the label %j is refused', (label) => {
    expect(() => read(Buffer.from(`${TOKEN} 7 ${label}\n`))).toThrow('a damaged answer came back');
  });

  test('that never ends is refused', () => {
    expect(() => read(Buffer.alloc(LIMIT + 1))).toThrow('more than 100000 bytes came back');
    const reader = new FrameReader(TOKEN, 7, LIMIT);
    const pieces = () => {
      for (;;) reader.push(Buffer.from(`${TOKEN} 7 a\n`));
    };
    expect(pieces).toThrow('more than 100000 bytes came back');
    expect(() => read(Buffer.from(`${TOKEN} 7 ${'a'.repeat(1000)}`))).toThrow('a damaged answer came back');
  });

  test('that is damaged gives parts of what came, or none', () => {
    fc.assert(
      fc.property(damaged(WHOLE), (bytes) => {
        try {
          const answer = read(bytes);
          for (const part of answer?.parts ?? []) expect(bytes.includes(part.bytes)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_PORTOLAN_FRAME' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
