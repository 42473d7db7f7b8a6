import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { Libc } from '../../../src/kernel/libc.js';
import { loadLibc } from '../../../src/kernel/load-libc.js';
import { NetlinkSource } from '../../../src/sources/netlink/netlink-source.js';

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

describe('the netlink source', () => {
  test('takes an interrupted dump again, and answers with the whole one', () => {
    let interruptions = 3;
    const source = sourceWith((real) => ({
      recv(fd, buffer, flags) {
        const received = real.recv(fd, buffer, flags);
        if (interruptions-- > 0) patchFirstMessage(buffer, (view) => view.setUint16(6, 0x12, true));
        return received;
      },
    }));
    const { listeners } = source.look();
    expect(interruptions).toBeLessThan(0);
    expect(listeners).toEqual(new NetlinkSource().look().listeners);
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

  test('asks for each family by itself where the kernel does not know the question for both', () => {
    const UNKNOWN_TYPE = 17;
    let refused = 0;
    const source = sourceWith((real) => ({
      send(fd, data, flags) {
        const asked = Uint8Array.from(data);
        const view = new DataView(asked.buffer);
        if (view.getUint16(4, true) !== 18) return real.send(fd, data, flags);
        refused++;
        view.setUint16(4, UNKNOWN_TYPE, true);
        return real.send(fd, asked, flags);
      },
    }));
    for (let i = 0; i < 3; i++) expect(source.look().listeners).toEqual(new NetlinkSource().look().listeners);
    expect(refused).toBe(1);
    source.close();
  });

  test('fails where no native call can be made', () => {
    const source = new NetlinkSource(undefined, () => {
      throw new Error('no native calls: none installed');
    });
    expect(() => source.look()).toThrow('no native calls');
  });

  test('does not take what was left of a failed dump for the next answer', () => {
    let failing = true;
    const source = sourceWith((real) => ({
      recv: (fd, buffer, flags) => (failing ? -EAGAIN : real.recv(fd, buffer, flags)),
    }));
    expect(() => source.look()).toThrow('broke off');
    failing = false;
    expect(source.look().listeners).toEqual(new NetlinkSource().look().listeners);
    source.close();
  });

  test('keeps one descriptor open from look to look and none after it was closed', () => {
    const count = () => readdirSync('/proc/self/fd').length;
    const before = count();
    const source = new NetlinkSource();
    for (let i = 0; i < 100; i++) source.look();
    expect(count()).toBe(before + 1);
    source.close();
    expect(count()).toBe(before);
  });
});
