import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MultiplexedStream } from '../../../src/places/engine/multiplexed-stream.js';
import { damaged } from '../../fixtures/damage.js';

const NUMBERS = { input: 0, output: 1, complaint: 2 } as const;
type Frame = readonly [keyof typeof NUMBERS, Buffer];

const frames: fc.Arbitrary<Frame[]> = fc.array(
  fc.tuple(
    fc.constantFrom('input' as const, 'output' as const, 'complaint' as const),
    fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  ),
  { maxLength: 20 },
);

function frame([stream, bytes]: Frame): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(NUMBERS[stream]);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

function encode(list: readonly Frame[]): Buffer {
  return Buffer.concat(list.map(frame));
}

/** The bytes of each stream in hexadecimal, and the message of the error at the end. */
function decode(pieces: readonly Buffer[]) {
  const said = { input: '', output: '', complaint: '' };
  const stream = new MultiplexedStream();
  try {
    for (const piece of pieces) {
      for (const { stream: name, bytes } of stream.take(piece)) said[name] += bytes.toString('hex');
    }
    stream.end();
    return { ...said, error: undefined };
  } catch (error) {
    return { ...said, error: (error as Error).message };
  }
}

function cut(bytes: Buffer, offsets: readonly number[]): Buffer[] {
  const ends = [...new Set(offsets.map((offset) => offset % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const offsets = fc.array(fc.nat(), { maxLength: 30 });

describe('the streams of a program', () => {
  it('are taken apart', () => {
    fc.assert(
      fc.property(frames, (list) => {
        const said = (name: string) =>
          Buffer.concat(list.filter(([stream]) => stream === name).map(([, bytes]) => bytes));
        expect(decode([encode(list)])).toEqual({
          input: said('input').toString('hex'),
          output: said('output').toString('hex'),
          complaint: said('complaint').toString('hex'),
          error: undefined,
        });
      }),
    );
  });

  it('are the same however they arrive, also if they are damaged', () => {
    const bytes = frames.chain((list) =>
      fc.oneof(fc.constant(encode(list)), damaged(frame(['output', encode(list)]))),
    );
    fc.assert(
      fc.property(bytes, offsets, (whole, cuts) => {
        expect(decode(cut(whole, cuts))).toEqual(decode([whole]));
      }),
    );
  });

  it('are cut off if the end is missing', () => {
    const whole = encode([['output', Buffer.from('abc')]]);
    for (let length = 1; length < whole.length; length++) {
      expect(decode([whole.subarray(0, length)]).error).toBe('the stream is cut off');
    }
  });

  it.each([
    ['the number of no stream', '0400000000000001'],
    ['something in the place of the zeros', '0100010000000001'],
    ['more than an engine ever writes at once', '0100000001000001'],
  ])('are damaged if a header has %s, and stay so', (_, header) => {
    const stream = new MultiplexedStream();
    const take = (bytes: Buffer) => [...stream.take(bytes)];
    expect(() => take(Buffer.from(header, 'hex'))).toThrow('the stream is damaged');
    expect(() => take(frame(['output', Buffer.from('abc')]))).toThrow('the stream is damaged');
  });
});
