import fc from 'fast-check';
import { type NativeSocket, openSocket, type SocketPlan } from './native-socket.js';
import { TEST_ADDRESSES } from './test-namespace.js';

const { ipv4, ipv6, linkLocal, mapped, device } = TEST_ADDRESSES;

/** There are few ports and addresses, so that many sockets collide. */
const port = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 3000, max: 3010 }) },
);
const shared = {
  protocol: fc.constantFrom('tcp' as const, 'udp' as const),
  port,
  reusePort: fc.boolean(),
  backlog: fc.option(fc.integer({ min: 1, max: 4096 }), { freq: 5 }),
  connected: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
};
const place: fc.Arbitrary<Pick<SocketPlan, 'family' | 'address' | 'device' | 'zone' | 'v6Only'>> = fc.oneof(
  fc.record({
    family: fc.constant(4 as const),
    address: fc.constantFrom('0.0.0.0', ...ipv4),
    device: fc.constantFrom(null, null, null, 'lo', device),
  }),
  fc.record({
    family: fc.constant(6 as const),
    address: fc.constantFrom('::', '::', ...ipv6),
    device: fc.constantFrom(null, null, null, 'lo'),
    v6Only: fc.boolean(),
  }),
  fc.constant({ family: 6 as const, address: linkLocal, zone: device }),
  fc.constant({ family: 6 as const, address: mapped }),
);
const plan: fc.Arbitrary<SocketPlan> = fc
  .record({ ...shared, place })
  .map(({ connected, place, ...rest }) => ({
    ...rest,
    ...place,
    ...(connected && rest.protocol === 'udp' && isSpecific(place.address) ? { connectTo: 9 } : {}),
  }));

function isSpecific(address: string): boolean {
  return address !== '0.0.0.0' && address !== '::';
}

/** Sets of sockets of every kind, from none to hundreds. Some of the sockets do not listen. */
export const randomSockets: fc.Arbitrary<SocketPlan[]> = fc.oneof(
  fc.array(plan, { maxLength: 20, size: 'max' }),
  fc.array(plan, { minLength: 100, maxLength: 400, size: 'max' }),
);

/** Opens the sockets, except those that collide with an earlier one. */
export function openAll(plans: readonly SocketPlan[]): NativeSocket[] {
  const opened: NativeSocket[] = [];
  for (const each of plans) {
    try {
      opened.push(openSocket(each));
    } catch (error) {
      const expected = ['EADDRINUSE', 'EADDRNOTAVAIL', 'EINVAL', 'ENETUNREACH'];
      if (!expected.includes((error as Error).message)) throw error;
    }
  }
  return opened;
}
