import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Listener } from '../../src/index.js';
import { loadNodeFfi } from '../../src/kernel/node-ffi.js';
import { createSources } from '../../src/sources/create-sources.js';
import { NetlinkSource } from '../../src/sources/netlink/netlink-source.js';
import { SOURCE_NAMES, type Source } from '../../src/sources/source.js';
import { HAS_NODE_FFI } from '../kernel/libc-implementations.js';
import { HAS_LSOF } from '../test-namespace/has-lsof.js';
import { HAS_SOCK_DIAG } from '../test-namespace/has-sock-diag.js';
import { openSocket, type SocketPlan } from '../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES, TEST_ADDRESSES } from '../test-namespace/test-namespace.js';

const HTTP: SocketPlan = { protocol: 'tcp', family: 4, address: '127.0.0.1', port: 8080, backlog: 16 };

/** What is held to the contract: every source, and netlink once more without koffi where this Node has `node:ffi`. */
const SOURCES: { name: string; create: () => Source }[] = SOURCE_NAMES.map((name) => ({
  name,
  create: () => createSources([name])[0] as Source,
}));
if (HAS_NODE_FFI) {
  SOURCES.push({
    name: 'netlink through node:ffi',
    create: () => new NetlinkSource(undefined, () => loadNodeFfi()),
  });
}

/** What lsof tells of its user is the process's, who need not be the one who made the socket. */
const KNOWS_NO_MAKER = ['lsof'];

describe.skipIf(!MAY_MAKE_NAMESPACES).each(SOURCES)('the source $name', ({ name, create }) => {
  let source: Source;

  beforeAll(() => {
    // Each source has the namespace of this file to itself, one after the other.
    if (name === SOURCE_NAMES[0]) enterTestNamespace();
  });

  beforeEach(({ skip }) => {
    source = create();
    skip(name === 'lsof' && !HAS_LSOF, 'lsof is not installed');
    skip(name.startsWith('netlink') && !HAS_SOCK_DIAG, 'the kernel has no sock_diag');
  });

  afterEach(() => source.close());

  async function look(): Promise<readonly Listener[]> {
    const { listeners, skipped } = await source.look();
    expect(skipped).toBe(0);
    return listeners;
  }

  async function endpoints(): Promise<string[]> {
    return (await look()).map(
      ({ protocol, family, address, port }) => `${protocol}${family} ${address} ${port}`,
    );
  }

  test('sees nothing where nothing listens', async () => {
    expect(await look()).toEqual([]);
  });

  test('sees a listener from the look after it opened to the look after it closed', async () => {
    expect(await endpoints()).toEqual([]);
    const socket = openSocket(HTTP);
    expect(await endpoints()).toEqual(['tcp4 127.0.0.1 8080']);
    socket[Symbol.dispose]();
    expect(await endpoints()).toEqual([]);
  });

  test('writes every kind of address in its canonical form', async () => {
    const { ipv6, linkLocal, mapped, device } = TEST_ADDRESSES;
    const plans: SocketPlan[] = [
      { ...HTTP, address: '0.0.0.0', port: 1 },
      { ...HTTP, family: 6, address: '::', port: 2, v6Only: true },
      { ...HTTP, family: 6, address: '::', port: 3, v6Only: false },
      { ...HTTP, family: 6, address: ipv6[1], port: 4 },
      { ...HTTP, family: 6, address: linkLocal, zone: device, port: 5 },
      { ...HTTP, family: 6, address: mapped, port: 6 },
      { ...HTTP, protocol: 'udp', port: 7 },
    ];
    const sockets = plans.map(openSocket);
    expect(await endpoints()).toEqual([
      'tcp4 0.0.0.0 1',
      'tcp6 :: 2',
      'tcp6 :: 3',
      'tcp6 2001:db8:8000::ff 4',
      'tcp6 fe80::80ff:fe00:1 5',
      'tcp6 ::ffff:127.0.0.1 6',
      'udp4 127.0.0.1 7',
    ]);
    for (const socket of sockets) socket[Symbol.dispose]();
  });

  test('does not see what is bound and never listens, nor UDP that is connected', async () => {
    using _bound = openSocket({ ...HTTP, backlog: null });
    using _connected = openSocket({
      protocol: 'udp',
      family: 4,
      address: '127.0.0.1',
      port: 0,
      connectTo: 9,
    });
    expect(await look()).toEqual([]);
  });

  test('gathers the sockets of a SO_REUSEPORT group into one listener, by inode', async () => {
    const sockets = [1, 2, 3, 4].map(() => openSocket({ ...HTTP, reusePort: true }));
    const [listener, ...others] = await look();
    expect(others).toEqual([]);
    const inodes = sockets.map(({ bound }) => bound.inode).sort((a, b) => Number(a) - Number(b));
    expect(listener?.sockets.map(({ inode }) => inode)).toEqual(inodes);
    for (const socket of sockets) socket[Symbol.dispose]();
  });

  test('says who made a socket, and how many wait on it', async () => {
    const socket = openSocket(HTTP);
    const clients = await Promise.all([1, 2, 3].map(() => connected(8080)));
    const [listener] = await look();
    const uid = KNOWS_NO_MAKER.includes(name) ? null : process.getuid?.();
    expect(listener?.sockets).toMatchObject([{ inode: socket.bound.inode, uid, backlog: 3 }]);
    for (const client of clients) client.destroy();
    socket[Symbol.dispose]();
  });

  test('gives the same answer as the same object while nothing changes', async () => {
    using _socket = openSocket(HTTP);
    const first = await look();
    expect(await look()).toBe(first);
  });

  test('tells a socket from the one that took its place', async () => {
    const first = openSocket(HTTP);
    const [before] = await look();
    first[Symbol.dispose]();
    using second = openSocket(HTTP);
    const [after] = await look();
    expect(after?.sockets[0]?.inode).toBe(second.bound.inode);
    expect(after?.sockets[0]?.inode).not.toBe(before?.sockets[0]?.inode);
  });

  test('sees a thousand listeners, in their order', async () => {
    const sockets = Array.from({ length: 1000 }, (_, i) => openSocket({ ...HTTP, port: 20_000 + i }));
    expect((await look()).map(({ port }) => port)).toEqual(sockets.map((_, i) => 20_000 + i));
    for (const socket of sockets) socket[Symbol.dispose]();
  });

  test('sees every listener and nothing else beside thousands of connections', async () => {
    const { server, sockets } = await crowd(1500);
    const listening = [openSocket(HTTP), openSocket({ ...HTTP, family: 6, address: '::', port: 81 })];
    const expected = ['tcp6 :: 81', 'tcp4 127.0.0.1 8080', `tcp4 127.0.0.1 ${portOf(server)}`];
    for (let looks = 0; looks < 3; looks++) expect((await endpoints()).sort()).toEqual(expected.sort());
    for (const socket of [...sockets, ...listening])
      'destroy' in socket ? socket.destroy() : socket[Symbol.dispose]();
    await new Promise((resolve) => server.close(resolve));
    expect(await endpoints()).toEqual([]);
  });

  test('looks again after it was closed', async () => {
    await look();
    source.close();
    expect(await look()).toEqual([]);
  });
});

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket)).on('error', reject);
  });
}

/** A server with that many connections, of which each has two ends here. */
async function crowd(connections: number): Promise<{ server: Server; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 511, resolve));
  for (let i = 0; i < connections; i += 100) {
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => connected(portOf(server))))));
  }
  while (sockets.length < 2 * connections) await new Promise(setImmediate);
  return { server, sockets };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening');
  return address.port;
}
