import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareListeners, type Listener, ListenerReader, type SourceName } from '../../src/index.js';
import type { NativeSocket } from '../harbour/native-socket.js';
import { openAll, randomSockets } from '../harbour/random-sockets.js';
import { enterHarbour, MAY_MAKE_NAMESPACES } from '../harbour/test-harbour.js';

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
    await fc.assert(
      fc.asyncProperty(randomSockets, async (plans) => {
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
      { numRuns: 150 },
    );
  }, 120_000);
});
