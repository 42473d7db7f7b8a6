import { endianness } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORK_EVENT_LENGTH, readFork } from '../../src/owners/fork-event.js';
import { damaged } from '../fixtures/damage.js';

/** A message of the process connector as Linux 6.18 sends it: nlmsghdr, cn_msg, proc_event. */
function message(what: number, data: readonly number[]): Buffer {
  const bytes = Buffer.alloc(16 + 20 + 40);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(3, 4);
  bytes.writeUInt32LE(1, 16);
  bytes.writeUInt32LE(1, 20);
  bytes.writeUInt16LE(40, 32);
  bytes.writeUInt32LE(what, 36);
  for (const [i, value] of data.entries()) bytes.writeInt32LE(value, 52 + 4 * i);
  return bytes;
}

const FORK = message(1, [10, 11, 20, 20]);

describe.skipIf(endianness() !== 'LE')('a message of the process connector', () => {
  test('tells of a fork by the processes, not by the thread that forked', () => {
    expect(readFork(FORK, FORK.length)).toEqual({ parent: 11, child: 20 });
  });

  test('of a thread, of an exec or of an exit tells nothing', () => {
    const thread = message(1, [10, 10, 21, 20]);
    expect(readFork(thread, thread.length)).toBeUndefined();
    for (const what of [0, 2, 0x80000000])
      expect(readFork(message(what, [10, 10, 20, 20]), 76)).toBeUndefined();
  });

  test('that is damaged or cut makes up no process', () => {
    fc.assert(
      fc.property(damaged(FORK), fc.nat(FORK_EVENT_LENGTH), (bytes, length) => {
        const fork = readFork(bytes, length);
        if (fork === undefined) return;
        expect(length).toBeLessThanOrEqual(bytes.length);
        expect(fork.parent).toBeGreaterThan(0);
        expect(fork.child).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});
