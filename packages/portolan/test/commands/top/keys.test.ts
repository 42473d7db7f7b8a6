import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Input, InputParser } from '../../../src/commands/top/keys.js';

const key = (name: Extract<Input, { type: 'key' }>['key']): Input => ({ type: 'key', key: name });
const typed = (text: string): Input[] => [...text].map((character) => ({ type: 'character', character }));

const SEQUENCES: [string, Input[]][] = [
  ['\x1b[A', [key('up')]],
  ['\x1bOB', [key('down')]],
  ['\x1b[1;5C', [key('right')]],
  ['\x1b[H', [key('home')]],
  ['\x1b[1~', [key('home')]],
  ['\x1b[F', [key('end')]],
  ['\x1b[3~', [key('delete')]],
  ['\x1b[5~', [key('pageUp')]],
  ['\x1b[6;2~', [key('pageDown')]],
  ['\r', [key('enter')]],
  ['\x7f', [key('backspace')]],
  ['\x03', [key('ctrl-c')]],
  ['x', typed('x')],
  ['ä漢😀', typed('ä漢😀')],
  ['\x1b[15~\x1b[[A\x1b[?25;1c\x01', []],
  ['\x1b[200~x\ny\x1b[A\x1b[201~q', [{ type: 'paste', text: 'x\ny\x1b[A' }, ...typed('q')]],
];

describe('the keyboard', () => {
  it.each(SEQUENCES)('understands %j', (bytes, inputs) => {
    const parser = new InputParser();
    expect(parser.push(bytes)).toEqual(inputs);
    expect(parser.isWaiting).toBe(false);
  });

  it('takes a lone escape for the key only when nothing followed for a while', () => {
    const parser = new InputParser();
    expect(parser.push('\x1b')).toEqual([]);
    expect(parser.isWaiting).toBe(true);
    expect(parser.flush()).toEqual([key('escape')]);
    expect(parser.isWaiting).toBe(false);
    expect(parser.flush()).toEqual([]);
  });

  it('takes an escape before another key for both', () => {
    expect(new InputParser().push('\x1bx\x1b\x1b[A')).toEqual([
      key('escape'),
      ...typed('x'),
      key('escape'),
      key('up'),
    ]);
  });

  it('does not keep a sequence that never ends', () => {
    const parser = new InputParser();
    expect(parser.push(`\x1b[${'1'.repeat(1000)}`).length).toBeGreaterThan(900);
    expect(parser.isWaiting).toBe(false);
  });

  it('understands the same however the bytes are cut into chunks', () => {
    const pieces = fc.array(fc.constantFrom(...SEQUENCES.map(([bytes]) => bytes)));
    fc.assert(
      fc.property(pieces, fc.infiniteStream(fc.integer({ min: 1, max: 4 })), (keys, lengths) => {
        // Node's decoder keeps the bytes of a character together.
        const text = [...keys.join('')];
        const parser = new InputParser();
        const found: Input[] = [];
        for (let at = 0; at < text.length; ) {
          const length = lengths.next().value ?? 1;
          found.push(...parser.push(text.slice(at, at + length).join('')));
          at += length;
        }
        expect(joinPastes(found)).toEqual(joinPastes(new InputParser().push(text.join(''))));
      }),
    );
  });
});

/** A long paste may come in parts. */
function joinPastes(inputs: readonly Input[]): Input[] {
  const joined: Input[] = [];
  for (const input of inputs) {
    const last = joined.at(-1);
    if (input.type === 'paste' && last?.type === 'paste')
      joined.splice(-1, 1, { type: 'paste', text: last.text + input.text });
    else joined.push(input);
  }
  return joined;
}
