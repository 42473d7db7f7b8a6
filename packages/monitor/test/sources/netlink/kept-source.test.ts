import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NetlinkSource } from '../../../src/sources/netlink/netlink-source.js';
import { HAS_SOCK_DIAG } from '../../test-namespace/has-sock-diag.js';
import { type NativeSocket, openSocket, type SocketPlan } from '../../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { scaled } from '../../test-size.js';

/** So many of each kind that each dump takes several datagrams. */
const PORTS = 400;
const PLANS = Array.from({ length: PORTS }, (_, i): SocketPlan[] => [
  { protocol: 'tcp', family: 4, address: '127.0.0.1', port: 3000 + i, backlog: 5 },
  { protocol: 'udp', family: 6, address: '::1', port: 3000 + i },
]).flat();

describe.skipIf(!MAY_MAKE_NAMESPACES || !HAS_SOCK_DIAG)('a netlink source that has looked before', () => {
  const open = new Map<number, NativeSocket>();
  const kept = new NetlinkSource();

  function toggle(number: number): void {
    const socket = open.get(number);
    const plan = PLANS[number];
    if (socket !== undefined) {
      socket[Symbol.dispose]();
      open.delete(number);
    } else if (plan !== undefined) open.set(number, openSocket(plan));
  }

  beforeAll(() => {
    enterTestNamespace();
    for (const number of PLANS.keys()) toggle(number);
  });

  afterAll(() => {
    kept.close();
    for (const socket of open.values()) socket[Symbol.dispose]();
  });

  test('answers as a new one would, whichever of many sockets came and went', async () => {
    const numbers = fc.uniqueArray(fc.nat(PLANS.length - 1), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(numbers, async (toggled) => {
        for (const number of toggled) toggle(number);
        const fresh = new NetlinkSource();
        const answer = await kept.look();
        expect(answer).toEqual(await fresh.look());
        expect(answer.listeners).toHaveLength(open.size);
        expect(kept.isUnchanged()).toBe(true);
        expect(await kept.look()).toBe(answer);
        fresh.close();
      }),
      { numRuns: scaled(200) },
    );
  });
});
