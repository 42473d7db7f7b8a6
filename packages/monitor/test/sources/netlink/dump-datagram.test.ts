import { endianness } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DumpDatagram } from '../../../src/sources/netlink/dump-datagram.js';
import { damaged } from '../../fixtures/damage.js';
import { readRecordedDump } from '../../fixtures/recording.js';

const ROOM = Buffer.alloc(32 * 1024);
const RECORDED = (['tcp4', 'tcp6', 'udp4', 'udp6'] as const).flatMap(readRecordedDump);

describe.skipIf(endianness() !== 'LE')('a datagram that is kept', () => {
  /** Those of the queues: idiag_rqueue and idiag_wqueue of each `struct inet_diag_msg`, behind its `struct nlmsghdr`. */
  function queueBytes(datagram: Buffer): Set<number> {
    const bytes = new Set<number>();
    for (let offset = 0; offset < datagram.length; offset += (datagram.readUInt32LE(offset) + 3) & ~3) {
      if (datagram.readUInt32LE(offset) < 16 + 72) continue;
      for (let i = 0; i < 8; i++) bytes.add(offset + 16 + 56 + i);
    }
    return bytes;
  }

  function receive(datagram: Buffer): number {
    return datagram.copy(ROOM);
  }

  test('is the same once more whatever waits in its queues, and never when another byte differs', () => {
    for (const datagram of RECORDED) {
      const queues = queueBytes(datagram);
      for (let i = 0; i < datagram.length; i++) {
        const kept = new DumpDatagram(ROOM, receive(datagram));
        const other = Buffer.from(datagram);
        other.writeUInt8((datagram.readUInt8(i) + 1) % 256, i);
        expect([i, kept.isReceivedButForQueues(receive(other))]).toEqual([i, queues.has(i)]);
        // What it is compared with from now on.
        if (queues.has(i)) expect(kept.isReceived(other.length)).toBe(true);
      }
    }
  });

  test('is nothing that was cut or damaged elsewhere', () => {
    const [datagram = Buffer.alloc(0)] = RECORDED;
    const queues = queueBytes(datagram);
    fc.assert(
      fc.property(damaged(datagram), (other) => {
        const kept = new DumpDatagram(ROOM, receive(datagram));
        const isSame =
          other.length === datagram.length && datagram.every((byte, i) => queues.has(i) || byte === other[i]);
        expect(kept.isReceivedButForQueues(receive(other))).toBe(isSame);
      }),
      { numRuns: 1000 },
    );
  });
});
