import { endianness } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDumpPart } from '../../../src/sources/netlink/dump-part.js';
import { damaged } from '../../fixtures/damage.js';
import { message } from '../../fixtures/netlink-message.js';
import { readRecordedDump } from '../../fixtures/recording.js';

const DONE = message(3, Buffer.alloc(4));

describe.skipIf(endianness() !== 'LE')('a datagram of a dump', () => {
  const [first = Buffer.alloc(0)] = readRecordedDump('tcp6');

  test('with sockets alone is not the last', () => {
    expect(readDumpPart(first)).toEqual({
      done: false,
      isEnd: false,
      interrupted: false,
      errno: 0,
      malformed: false,
    });
  });

  test('that ends with NLMSG_DONE behind its sockets is the last', () => {
    expect(readDumpPart(Buffer.concat([first, DONE]))).toMatchObject({ done: true, isEnd: false });
  });

  test('with NLMSG_DONE alone is the end and nothing else', () => {
    expect(readDumpPart(DONE)).toMatchObject({ done: true, isEnd: true });
  });

  test('with NLM_F_DUMP_INTR on any message says that the dump was interrupted', () => {
    const bytes = Buffer.concat([first, message(3, Buffer.alloc(4), 0x10)]);
    expect(readDumpPart(bytes)).toMatchObject({ done: true, interrupted: true });
  });

  test('with NLMSG_ERROR gives the error number', () => {
    const refusal = Buffer.alloc(20);
    refusal.writeInt32LE(-2, 0);
    expect(readDumpPart(message(2, refusal))).toMatchObject({ errno: 2 });
  });

  test('with a negative number in NLMSG_DONE is a dump that failed', () => {
    const failure = Buffer.alloc(4);
    failure.writeInt32LE(-12, 0);
    expect(readDumpPart(message(3, failure))).toMatchObject({ errno: 12 });
  });

  test('that is cut off within a message is malformed', () => {
    expect(readDumpPart(first.subarray(0, first.length - 4)).malformed).toBe(true);
  });

  test('without a message is malformed', () => {
    expect(readDumpPart(Buffer.alloc(0)).malformed).toBe(true);
  });

  test('whose message says that it has no length is malformed, not endless', () => {
    expect(readDumpPart(Buffer.alloc(64)).malformed).toBe(true);
  });

  test('is read to its end however it is damaged', () => {
    fc.assert(fc.property(damaged(first), (bytes) => void readDumpPart(bytes)));
  });
});
