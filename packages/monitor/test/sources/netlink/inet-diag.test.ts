import { endianness } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/address.js';
import { readDumpPart, readSockets } from '../../../src/sources/netlink/inet-diag.js';
import { damaged } from '../../fixtures/damage.js';
import { expectPlausible, expectWithin } from '../../fixtures/plausible.js';
import { readRecordedDump } from '../../fixtures/recording.js';

const NAMES = { interfaceName: () => null, cgroupPath: () => null };
const DONE = message(3, Buffer.alloc(4));

function message(type: number, payload: Buffer, flags = 0): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(16 + payload.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(flags, 6);
  return Buffer.concat([header, payload]);
}

describe.skipIf(endianness() !== 'LE')('a datagram of a dump', () => {
  const [first = Buffer.alloc(0)] = readRecordedDump('tcp6');

  test('with sockets alone is not the last', () => {
    expect(readDumpPart(first)).toEqual({ done: false, interrupted: false, errno: 0, malformed: false });
  });

  test('that ends with NLMSG_DONE behind its sockets is the last', () => {
    expect(readDumpPart(Buffer.concat([first, DONE])).done).toBe(true);
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
});

describe.skipIf(endianness() !== 'LE')('the sockets of a dump', () => {
  const whole = Buffer.concat((['tcp4', 'tcp6', 'udp4', 'udp6'] as const).flatMap(readRecordedDump));

  test('are read past attributes that nobody knows', () => {
    const [datagram = Buffer.alloc(0)] = readRecordedDump('udp4');
    const length = datagram.readUInt32LE(0);
    const unknown = Buffer.from([9, 0, 0xfe, 0x3f, 1, 2, 3, 4, 5, 0, 0, 0]);
    const message = Buffer.concat([
      datagram.subarray(0, 16 + 72),
      unknown,
      datagram.subarray(16 + 72, length),
    ]);
    message.writeUInt32LE(message.length, 0);
    const { sockets } = readSockets(message, NAMES);
    expect(sockets).toEqual(readSockets(datagram.subarray(0, length), NAMES).sockets);
    expect(sockets).toHaveLength(1);
  });

  test('are none where a message is too short for one, which is counted', () => {
    expect(readSockets(message(20, Buffer.alloc(60)), NAMES)).toEqual({ sockets: [], skipped: 1 });
  });

  test('are never made up from damaged bytes', () => {
    fc.assert(
      fc.property(damaged(whole), (bytes) => {
        const text = bytes.toString('latin1');
        for (const socket of readSockets(bytes, NAMES).sockets) {
          expectPlausible(socket);
          expectWithin(text, String.fromCharCode(socket.port >> 8, socket.port & 0xff));
          expectWithin(text, String.fromCharCode(...(parseAddress(socket.address)?.bytes ?? [])));
        }
        readDumpPart(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});
