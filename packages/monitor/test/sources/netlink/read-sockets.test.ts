import { endianness } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/address.js';
import { readSockets } from '../../../src/sources/netlink/read-sockets.js';
import { damaged } from '../../fixtures/damage.js';
import { message } from '../../fixtures/netlink-message.js';
import { expectPlausible, expectWithin } from '../../fixtures/plausible.js';
import { readRecordedDump } from '../../fixtures/recording.js';

const NAMES = { interfaceName: () => null, cgroupPath: () => null };

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
      }),
      { numRuns: 1000 },
    );
  });
});
