import { createSocket } from 'node:dgram';
import { constants } from 'node:os';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Libc } from '../../../src/kernel/calls.js';
import { loadLibc } from '../../../src/kernel/load-libc.js';
import { OwnNamespace } from '../../../src/kernel/namespaces/network-namespace.js';
import { PollFds } from '../../../src/poll-thread/poll-fds.js';
import { openSockDiag } from '../../../src/sources/netlink/listener-dump.js';
import { UnchangedDump } from '../../../src/sources/netlink/unchanged-dump.js';
import { HAS_SOCK_DIAG } from '../../test-namespace/has-sock-diag.js';
import { type NativeSocket, openSocket, type SocketPlan } from '../../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { scaled } from '../../test-size.js';

/** More than one datagram holds, of each kind. */
const PORTS = 400;
const PLANS = Array.from({ length: PORTS }, (_, i): SocketPlan[] => [
  { protocol: 'tcp', family: 4, address: '127.0.0.1', port: 3000 + i, backlog: 5 },
  { protocol: 'udp', family: 6, address: '::1', port: 3000 + i },
]).flat();
/** Of the second of them. */
const UDP_PORT = 3000;

describe.skipIf(!MAY_MAKE_NAMESPACES || !HAS_SOCK_DIAG)('dumps that are compared', () => {
  const libc = loadLibc();
  const open = new Map<number, NativeSocket>();
  let fd = -1;

  beforeAll(enterTestNamespace);

  afterEach(() => {
    libc.close(fd);
    for (const socket of open.values()) socket[Symbol.dispose]();
    open.clear();
  });

  function comparison(calls: Libc = libc): UnchangedDump {
    const socket = openSockDiag(calls, new OwnNamespace());
    fd = socket.fd;
    return new UnchangedDump(socket);
  }

  /** One whose ends the kernel drops. */
  function settled(calls?: Libc): UnchangedDump {
    const compared = comparison(calls);
    expect([1, 2, 3].map(() => compared.hasChanged())).toEqual([true, false, false]);
    return compared;
  }

  function toggle(number: number): void {
    const socket = open.get(number);
    const plan = PLANS[number];
    if (socket !== undefined) {
      socket[Symbol.dispose]();
      open.delete(number);
    } else if (plan !== undefined) open.set(number, openSocket(plan));
  }

  function isReadable(): boolean {
    return libc.poll(new PollFds(fd, []).bytes, 0) > 0;
  }

  test.each([
    ['of many listeners', PLANS.length],
    ['of six', 6],
    ['of one', 1],
  ])('tell of each change, and of nothing else, %s', (_, count) => {
    for (let number = 0; number < count; number += 2) toggle(number);
    const compared = comparison();
    const numbers = fc.uniqueArray(fc.nat(count - 1), { maxLength: 4 });
    fc.assert(
      fc.property(numbers, fc.nat(4), (toggled, before) => {
        compared.forget();
        expect(compared.hasChanged()).toBe(true);
        for (let i = 0; i < before; i++) {
          expect(compared.hasChanged()).toBe(false);
          expect(isReadable()).toBe(false);
        }
        for (const number of toggled) toggle(number);
        expect(compared.hasChanged() || isReadable()).toBe(toggled.length > 0);
      }),
      { numRuns: scaled(300) },
    );
  });

  test('tell of a listener that needs a datagram more, by what is left to be read', () => {
    let told = 0;
    for (let number = 1; number < PLANS.length; number += 2) {
      const compared = settled();
      toggle(number);
      if (!compared.hasChanged()) {
        told++;
        expect(isReadable()).toBe(true);
        compared.forget();
        expect(compared.hasChanged()).toBe(true);
      }
      expect(isReadable()).toBe(false);
      expect(compared.hasChanged()).toBe(false);
      libc.close(fd);
    }
    expect(told).toBeGreaterThan(0);
  });

  test.each([
    ['of two sockets', 2],
    ['of many', PLANS.length],
  ])('do not tell of what waits in a queue, %s, and tell of each change beside it', async (_, count) => {
    for (let number = 0; number < count; number++) toggle(number);
    const compared = settled();
    for (let i = 0; i < 10; i++) {
      await sendTo(UDP_PORT);
      expect(compared.hasChanged()).toBe(false);
      expect(isReadable()).toBe(false);
    }
    for (const number of [0, 0]) {
      await sendTo(UDP_PORT);
      toggle(number);
      expect(compared.hasChanged() || isReadable()).toBe(true);
      compared.forget();
      expect([1, 2, 3].map(() => compared.hasChanged())).toEqual([true, false, false]);
    }
  });

  test('tell of a socket that took the place of another one, whatever waits in its queue', async () => {
    toggle(1);
    const compared = settled();
    for (let i = 0; i < 3; i++) {
      await sendTo(UDP_PORT);
      toggle(1);
      toggle(1);
      expect(compared.hasChanged()).toBe(true);
      expect([1, 2].map(() => compared.hasChanged())).toEqual([false, false]);
    }
  });

  test('receive nothing but what they compare, while nothing changes', () => {
    let received: number[] = [];
    const counting = withCall('recv', (...args) => {
      const length = libc.recv(...args);
      received.push(length);
      return length;
    });
    const compared = settled(counting);
    received = [];
    expect(compared.hasChanged()).toBe(false);
    expect(received).toEqual([]);
    toggle(0);
    compared.forget();
    expect([1, 2, 3].map(() => compared.hasChanged())).toEqual([true, false, false]);
    received = [];
    expect(compared.hasChanged()).toBe(false);
    expect(received).toHaveLength(1);
  });

  test.each([
    ['passes filters over', () => 0],
    ['has no filters', () => -constants.errno.EOPNOTSUPP],
  ])('are taken whole where the kernel %s', (_, attachFilter) => {
    const compared = comparison(withCall('attachFilter', attachFilter));
    toggle(0);
    toggle(1);
    const rings = Array.from({ length: 10 }, () => compared.hasChanged());
    expect(rings.filter(Boolean).length).toBeLessThanOrEqual(2);
    expect(rings.slice(3)).toEqual(rings.slice(3).map(() => false));
    toggle(2);
    expect(compared.hasChanged()).toBe(true);
    expect(compared.hasChanged()).toBe(false);
    toggle(2);
    expect(compared.hasChanged()).toBe(true);
  });

  /** A datagram that nobody reads. */
  async function sendTo(port: number): Promise<void> {
    const sender = createSocket('udp6');
    await promisify((done: (error: Error | null) => void) => sender.send('waits', port, '::1', done))();
    sender.close();
  }

  function withCall<Name extends 'recv' | 'attachFilter'>(name: Name, call: Libc[Name]): Libc {
    return new Proxy(libc, {
      get: (target, key) => (key === name ? call : target[key as 'close'].bind(target)),
    });
  }
});
