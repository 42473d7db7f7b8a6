import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareListeners, type Listener, ListenerReader, type SourceName } from '../../src/index.js';
import { type NativeSocket, openSocket, type SocketPlan } from '../harbour/native-socket.js';
import { enterHarbour, HARBOUR_ADDRESSES, MAY_MAKE_NAMESPACES } from '../harbour/test-harbour.js';

const { ipv4, ipv6, linkLocal, mapped, device } = HARBOUR_ADDRESSES;

/** Few ports and addresses, so that the sockets get into each other's way as often as they can. */
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

/** Makes those of the sockets that can be had side by side. */
function openAll(plans: readonly SocketPlan[]): NativeSocket[] {
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

/** One line a socket, with what every source knows. */
function endpoints(listeners: readonly Listener[]): string[] {
  return listeners
    .flatMap(({ sockets, ...of }) =>
      sockets.map((socket) => `${line(of)} ino:${socket.inode} uid:${socket.uid}`),
    )
    .sort();
}

function line({
  protocol,
  family,
  address,
  port: number,
}: Pick<Listener, 'protocol' | 'family' | 'address' | 'port'>) {
  return `${protocol}${family} ${address} ${number}`;
}

/** What netlink and ss know beyond the endpoint, held against how the sockets were made. */
function expectDetails(listeners: readonly Listener[], made: readonly NativeSocket[]): void {
  const seen = new Map(listeners.flatMap(({ sockets }) => sockets.map((socket) => [socket.inode, socket])));
  for (const { bound } of made) {
    const { v6Only, backlogLimit } = bound;
    expect(seen.get(bound.inode)).toMatchObject({ interface: bound.interface, v6Only, backlogLimit });
  }
}

describe.skipIf(!MAY_MAKE_NAMESPACES)('all sources', () => {
  const readers = new Map<SourceName, ListenerReader>();
  let sockets = 0;
  let runs = 0;

  beforeAll(() => {
    enterHarbour();
    for (const name of ['netlink', 'proc', 'ss'] as const) {
      readers.set(name, new ListenerReader({ sources: [name], processes: false }));
    }
  });

  afterAll(async () => {
    for (const reader of readers.values()) await reader.close();
    console.log(`agreement: ${sockets} sockets in ${runs} sets, seen alike by ${readers.size} sources`);
  });

  async function look(source: SourceName): Promise<readonly Listener[]> {
    const snapshot = await readers.get(source)?.look();
    expect(snapshot?.source).toBe(source);
    expect(snapshot?.skipped).toBe(0);
    return snapshot?.listeners ?? [];
  }

  test('see exactly the sockets that were made, whatever they are', async () => {
    const sets = fc.oneof(
      fc.array(plan, { maxLength: 20, size: 'max' }),
      fc.array(plan, { minLength: 100, maxLength: 400, size: 'max' }),
    );
    await fc.assert(
      fc.asyncProperty(sets, async (plans) => {
        const opened = openAll(plans);
        try {
          const expected = opened.filter(({ listens }) => listens);
          const lines = expected
            .map(({ bound }) => `${line(bound)} ino:${bound.inode} uid:${bound.uid}`)
            .sort();
          const [netlink, proc, ss] = [await look('netlink'), await look('proc'), await look('ss')];
          expect(endpoints(netlink)).toEqual(lines);
          expect(endpoints(proc)).toEqual(lines);
          expect(netlink).toEqual(ss);
          expect([...netlink].sort(compareListeners)).toEqual(netlink);
          expectDetails(netlink, expected);
          sockets += expected.length;
          runs++;
        } finally {
          for (const socket of opened) socket[Symbol.dispose]();
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
