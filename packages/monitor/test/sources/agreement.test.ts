import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  compareListeners,
  type Listener,
  ListenerReader,
  SOURCE_NAMES,
  type SourceName,
} from '../../src/index.js';
import { HAS_LSOF } from '../test-namespace/has-lsof.js';
import { HAS_SOCK_DIAG } from '../test-namespace/has-sock-diag.js';
import type { NativeSocket } from '../test-namespace/native-socket.js';
import { openAll, randomSockets } from '../test-namespace/random-sockets.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { scaled } from '../test-size.js';

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
    enterTestNamespace();
    for (const name of SOURCE_NAMES) {
      readers.set(name, new ListenerReader({ sources: [name], processes: false }));
    }
  });

  afterAll(async () => {
    for (const reader of readers.values()) await reader.close();
    console.log(`agreement: ${sockets} sockets in ${runs} sets, each seen alike by the sources`);
  });

  async function look(source: SourceName): Promise<readonly Listener[]> {
    const snapshot = await readers.get(source)?.look();
    expect(snapshot?.source).toBe(source);
    expect(snapshot?.skipped).toBe(0);
    return snapshot?.listeners ?? [];
  }

  /** Makes set after set of sockets, and has `check` hold what is seen against those of them that listen. */
  async function withRandomSockets(
    numRuns: number,
    check: (made: readonly NativeSocket[]) => Promise<void>,
  ): Promise<void> {
    await fc.assert(
      fc.asyncProperty(randomSockets, async (plans) => {
        const opened = openAll(plans);
        try {
          const made = opened.filter(({ listens }) => listens);
          await check(made);
          sockets += made.length;
          runs++;
        } finally {
          for (const socket of opened) socket[Symbol.dispose]();
        }
      }),
      { numRuns },
    );
  }

  test.skipIf(!HAS_SOCK_DIAG)(
    'see exactly the sockets that were made, whatever they are',
    async () => {
      await withRandomSockets(scaled(150), async (made) => {
        const lines = made.map(({ bound }) => `${line(bound)} ino:${bound.inode} uid:${bound.uid}`).sort();
        const [netlink, proc, ss] = [await look('netlink'), await look('proc'), await look('ss')];
        expect(endpoints(netlink)).toEqual(lines);
        expect(endpoints(proc)).toEqual(lines);
        expect(netlink).toEqual(ss);
        expect([...netlink].sort(compareListeners)).toEqual(netlink);
        expectDetails(netlink, made);
      });
    },
    120_000,
  );

  test.skipIf(!HAS_LSOF)(
    'lsof sees the same, but not who made a socket',
    async () => {
      await withRandomSockets(scaled(100), async (made) => {
        const lines = made.map(({ bound }) => `${line(bound)} ino:${bound.inode} uid:null`).sort();
        const lsof = await look('lsof');
        expect(endpoints(lsof)).toEqual(lines);
        expect([...lsof].sort(compareListeners)).toEqual(lsof);
      });
    },
    120_000,
  );

  test.skipIf(!HAS_LSOF || !HAS_SOCK_DIAG)(
    'lsof does not see a socket that no process holds, and the others do',
    async () => {
      execFileSync('ip', ['link', 'add', 'vxlan0', 'type', 'vxlan', 'id', '1', 'dstport', '4789']);
      execFileSync('ip', ['link', 'set', 'vxlan0', 'up']);
      try {
        for (const name of ['netlink', 'proc', 'ss'] as const)
          expect((await look(name)).map(({ port }) => port)).toContain(4789);
        expect(await look('lsof')).toEqual([]);
      } finally {
        execFileSync('ip', ['link', 'del', 'vxlan0']);
      }
    },
  );
});
