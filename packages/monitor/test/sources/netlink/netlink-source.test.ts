import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Libc } from '../../../src/kernel/calls.js';
import { loadLibc } from '../../../src/kernel/load-libc.js';
import { NetlinkSource } from '../../../src/sources/netlink/netlink-source.js';
import { HAS_SOCK_DIAG } from '../../test-namespace/has-sock-diag.js';
import { openSocket } from '../../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';

/** TCPDIAG_GETSOCK, and a type that no message has. */
const BOTH_FAMILIES_TYPE = 18;
const UNKNOWN_TYPE = 17;

const { EPERM, ENOENT, EAGAIN } = constants.errno;

/** The real C library but for what a test changes: the kernel can't be made to interrupt or cut a dump at will. */
function sourceWith(change: (real: Libc) => Partial<Libc>): NetlinkSource {
  const real = loadLibc();
  const changed = change(real);
  const get = (target: Libc, key: keyof Libc) => changed[key] ?? target[key].bind(target);
  return new NetlinkSource(
    undefined,
    () => new Proxy(real, { get: (target, key) => get(target, key as keyof Libc) }),
  );
}

/** Sets a message's flags and type as the kernel would. */
function patchFirstMessage(bytes: Uint8Array, patch: (view: DataView) => void): void {
  patch(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

describe.skipIf(!HAS_SOCK_DIAG)('the netlink source', () => {
  beforeAll(() => {
    // Two looks are compared, between which others may open and close what they like.
    if (MAY_MAKE_NAMESPACES) enterTestNamespace();
    for (const [family, address] of [
      [4, '127.0.0.1'],
      [6, '::1'],
    ] as const) {
      openSocket({ protocol: 'tcp', family, address, port: 0, backlog: 5 });
      openSocket({ protocol: 'udp', family, address, port: 0 });
    }
  });

  test('takes an interrupted dump again, and answers with the whole one', async () => {
    let interruptions = 3;
    const source = sourceWith((real) => ({
      recv(fd, buffer, flags) {
        const received = real.recv(fd, buffer, flags);
        if (interruptions-- > 0) patchFirstMessage(buffer, (view) => view.setUint16(6, 0x12, true));
        return received;
      },
    }));
    const { listeners } = await source.look();
    expect(interruptions).toBeLessThan(0);
    expect(listeners).toEqual((await new NetlinkSource().look()).listeners);
    source.close();
  });

  test('fails where a dump is interrupted without end', () => {
    const source = sourceWith((real) => ({
      recv(fd, buffer, flags) {
        const received = real.recv(fd, buffer, flags);
        patchFirstMessage(buffer, (view) => view.setUint16(6, 0x12, true));
        return received;
      },
    }));
    expect(() => source.look()).toThrow('changed under each of');
  });

  test.each([
    ['the socket is refused', { socket: () => -EPERM }, 'refused the socket (EPERM)'],
    ['the request is refused', { send: () => -EPERM }, 'refused the request (EPERM)'],
    ['the answer breaks off', { recv: () => -EAGAIN }, 'broke off (EAGAIN)'],
    ['a datagram is larger than can be', { recv: () => 1 << 30 }, 'truncated'],
    ['a datagram is empty', { recv: () => 0 }, 'malformed'],
    [
      'a datagram is noise',
      { recv: (_: number, buffer: Uint8Array) => buffer.fill(255, 0, 99).length && 99 },
      'malformed',
    ],
    [
      'the kernel has no such dump',
      {
        recv(_: number, buffer: Uint8Array) {
          patchFirstMessage(buffer, (view) => {
            view.setUint32(0, 20, true);
            view.setUint16(4, 2, true);
            view.setInt32(16, -ENOENT, true);
          });
          return 20;
        },
      },
      'refused the dump (ENOENT)',
    ],
  ])('fails where %s, and says so', (_, change, reason) => {
    const source = sourceWith(() => change);
    expect(() => source.look()).toThrow(reason);
    expect(() => source.look()).toThrow(
      expect.objectContaining({ code: 'ERR_PORTOLAN_SOURCE', source: 'netlink' }),
    );
  });

  test.each([
    // What the probe is refused with tells nothing, and the first request is refused as well.
    ['has no request for both', 2, (asked: DataView) => asked.setUint16(4, UNKNOWN_TYPE, true)],
    // The probe is answered, as a request for TCP.
    ['knows no protocol in it', 1, (asked: DataView) => asked.setUint32(0, asked.byteLength - 8, true)],
  ])('asks for each family by itself where the kernel %s', async (_, times, change) => {
    const sockets = [createSocket('udp4'), createSocket('udp6')];
    for (const socket of sockets) {
      socket.bind();
      await once(socket, 'listening');
    }
    let asked = 0;
    const source = sourceWith((real) => ({
      send(fd, data, flags) {
        const request = Uint8Array.from(data);
        const view = new DataView(request.buffer);
        if (view.getUint16(4, true) === BOTH_FAMILIES_TYPE) {
          asked++;
          change(view);
        }
        return real.send(fd, request.subarray(0, view.getUint32(0, true)), flags);
      },
    }));
    for (let i = 0; i < 3; i++)
      expect((await source.look()).listeners).toEqual((await new NetlinkSource().look()).listeners);
    expect(asked).toBe(times);
    source.close();
    for (const socket of sockets) socket.close();
  });

  test('asks once for both families where the kernel knows how to', async () => {
    const types: number[] = [];
    const source = sourceWith((real) => ({
      send(fd, data, flags) {
        types.push(new DataView(data.buffer, data.byteOffset).getUint16(4, true));
        return real.send(fd, data, flags);
      },
    }));
    for (let i = 0; i < 2; i++) await source.look();
    expect(types).toEqual(Array(5).fill(BOTH_FAMILIES_TYPE));
    source.close();
  });

  test('fails where no native call can be made', () => {
    const source = new NetlinkSource(undefined, () => {
      throw new Error('no native calls: none installed');
    });
    expect(() => source.look()).toThrow('no native calls');
  });

  test('does not take what was left of a failed dump for the next answer', async () => {
    let failing = true;
    const source = sourceWith((real) => ({
      recv: (fd, buffer, flags) => (failing ? -EAGAIN : real.recv(fd, buffer, flags)),
    }));
    expect(() => source.look()).toThrow('broke off');
    failing = false;
    expect((await source.look()).listeners).toEqual((await new NetlinkSource().look()).listeners);
    source.close();
  });

  test('keeps one descriptor open from look to look and none after it was closed', async () => {
    const count = () => readdirSync('/proc/self/fd').length;
    const before = count();
    const source = new NetlinkSource();
    for (let i = 0; i < 100; i++) await source.look();
    expect(count()).toBe(before + 1);
    source.close();
    expect(count()).toBe(before);
  });
});
