import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Listener } from '../../../src/index.js';
import { OwnNamespace } from '../../../src/kernel/namespaces/network-namespace.js';
import { ElsewhereSource } from '../../../src/places/elsewhere/elsewhere-source.js';
import { SpawnTransport } from '../../../src/places/elsewhere/spawn-transport.js';
import { ProcSource } from '../../../src/sources/proc/proc-source.js';
import { startPython } from '../../processes/child.js';
import { openSocket, type SocketPlan } from '../../test-namespace/native-socket.js';
import {
  enterTestNamespace,
  MAY_MAKE_NAMESPACES,
  TEST_ADDRESSES,
} from '../../test-namespace/test-namespace.js';
import { BarePlace, programPath, SHELLS } from './bare-place.js';
import { CountingTransport } from './counting-transport.js';

const HTTP: SocketPlan = { protocol: 'tcp', family: 4, address: '127.0.0.1', port: 8080, backlog: 16 };

/** Places with `cat` and a shell of each kind, and places with `cat` alone. */
const PLACES = [
  ...SHELLS.map(({ shell, program }) => ({
    what: `cat and ${shell}`,
    starts: 'sh',
    programs: { cat: 'cat', sh: program },
  })),
  { what: 'cat of busybox and its ash', starts: 'sh', programs: { cat: 'busybox', sh: 'busybox' } },
  { what: 'cat alone', starts: 'cat', programs: { cat: 'cat' } },
  { what: 'cat of busybox alone', starts: 'cat', programs: { cat: 'busybox' } },
];

/** How many bytes an unchanged look may bring if a shell answers. */
const UNCHANGED_LOOK_LIMIT = 64;

beforeAll(() => {
  if (MAY_MAKE_NAMESPACES) enterTestNamespace();
});

describe.skipIf(!MAY_MAKE_NAMESPACES).each(PLACES)('a place with $what', ({ starts, programs }) => {
  const isThere = Object.values(programs).every((program) => programPath(program) !== undefined);
  let place: BarePlace;
  let transport: CountingTransport;
  let source: ElsewhereSource;

  function visit(): void {
    place = new BarePlace(programs);
    transport = new CountingTransport(new SpawnTransport(place.command));
    source = new ElsewhereSource({ place: 'bare', transport, processes: true });
  }

  afterEach(async () => {
    source?.close();
    // The programs of the place have to end before the place is removed.
    await transport?.idle();
    place?.[Symbol.dispose]();
  });

  async function look(): Promise<readonly Listener[]> {
    const { listeners, skipped } = await source.look();
    expect(skipped).toBe(0);
    return listeners;
  }

  async function ports(): Promise<number[]> {
    return (await look()).map(({ port }) => port);
  }

  test.skipIf(!isThere)('shows a listener from its opening to its end', async () => {
    visit();
    expect(await ports()).toEqual([]);
    const socket = openSocket(HTTP);
    expect(await ports()).toEqual([8080]);
    socket[Symbol.dispose]();
    expect(await ports()).toEqual([]);
    expect(new Set(transport.started.slice(starts === 'sh' ? 0 : 1))).toEqual(new Set([starts]));
  });

  test.skipIf(!isThere)('shows every kind of socket as /proc does here', async () => {
    visit();
    const { ipv6, linkLocal, mapped, device } = TEST_ADDRESSES;
    const plans: SocketPlan[] = [
      { ...HTTP, address: '0.0.0.0', port: 1 },
      { ...HTTP, family: 6, address: '::', port: 2, v6Only: true },
      { ...HTTP, family: 6, address: ipv6[1], port: 3 },
      { ...HTTP, family: 6, address: linkLocal, zone: device, port: 4 },
      { ...HTTP, family: 6, address: mapped, port: 5 },
      { ...HTTP, protocol: 'udp', port: 6 },
      { ...HTTP, protocol: 'udp', family: 6, address: '::1', port: 0 },
      { ...HTTP, port: 7, backlog: null },
      { ...HTTP, protocol: 'udp', port: 0, connectTo: 9 },
      ...[1, 2, 3].map(() => ({ ...HTTP, port: 8, reusePort: true })),
    ];
    const sockets = plans.map(openSocket);
    const here = new ProcSource(new OwnNamespace('/proc/net', 'bare'));
    // /proc/net does not tell who holds them.
    const seen = (await look()).map((listener) => ({
      ...listener,
      sockets: listener.sockets.map((socket) => ({ ...socket, pids: null })),
    }));
    expect(seen).toEqual((await here.look()).listeners);
    expect((await look()).filter(({ ephemeral }) => ephemeral)).toHaveLength(1);
    here.close();
    for (const socket of sockets) socket[Symbol.dispose]();
  });

  test.skipIf(!isThere)('gives the same object while nothing changes, for few bytes', async () => {
    visit();
    using _socket = openSocket(HTTP);
    const first = await source.look();
    const before = transport.bytes;
    for (let looks = 0; looks < 5; looks++) expect(await source.look()).toBe(first);
    if (starts === 'sh') expect((transport.bytes - before) / 5).toBeLessThan(UNCHANGED_LOOK_LIMIT);
  });

  test.skipIf(!isThere)('shows listeners beside connections, and again after it was closed', async () => {
    visit();
    const { server, sockets } = await serverWithConnections(500);
    const listening = [openSocket(HTTP), openSocket({ ...HTTP, family: 6, address: '::', port: 81 })];
    const expected = [81, 8080, portOf(server)].sort((a, b) => a - b);
    expect(await ports()).toEqual(expected);
    if (starts === 'sh') expect(transport.bytes).toBeLessThan(8192);
    source.close();
    await transport.idle();
    expect(await ports()).toEqual(expected);
    for (const socket of sockets) socket.destroy();
    for (const socket of listening) socket[Symbol.dispose]();
    await new Promise((resolve) => server.close(resolve));
  });

  test.skipIf(!isThere)('tells no processes without ls, and is none the worse for it', async () => {
    visit();
    using _socket = openSocket(HTTP);
    expect((await look())[0]?.sockets[0]?.holder).toBeNull();
    expect(await ports()).toEqual([8080]);
    if (starts === 'sh') expect(transport.started).toEqual(['sh']);
  });
});

describe.skipIf(!MAY_MAKE_NAMESPACES)('another network namespace, through nsenter', () => {
  test('shows its listeners and not those here', async () => {
    using _here = openSocket(HTTP);
    await using there = await startPython<{ port: number }>(`
import ctypes
if ctypes.CDLL(None).unshare(0x40000000): raise OSError('unshare')
s = socket.socket(); s.bind(('0.0.0.0', 4321)); s.listen()
say(port=4321); wait()`);
    const transport = new SpawnTransport(['nsenter', `--net=/proc/${there.pid}/ns/net`]);
    const source = new ElsewhereSource({ place: 'there', transport, processes: false });
    const { listeners } = await source.look();
    source.close();
    expect(listeners.map(({ port }) => port)).toEqual([4321]);
  });
});

/** Starts a server and connects to it so many times. `sockets` has both ends of each connection. */
async function serverWithConnections(connections: number): Promise<{ server: Server; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 511, resolve));
  for (let i = 0; i < connections; i += 100) {
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => connected(portOf(server))))));
  }
  while (sockets.length < 2 * connections) await new Promise(setImmediate);
  return { server, sockets };
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket)).on('error', reject);
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening');
  return address.port;
}
