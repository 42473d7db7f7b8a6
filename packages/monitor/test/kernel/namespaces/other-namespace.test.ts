import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatEndpoint, type Listener, listListeners, type SourceName } from '../../../src/index.js';
import { enterMountNamespace } from '../../places/mount-namespace.js';
import {
  type Namespaces,
  type SocketPlan,
  startNamespaces,
  type TestNamespace,
  tcp,
} from '../../places/namespaces.js';
import { HAS_SOCK_DIAG } from '../../test-namespace/has-sock-diag.js';
import { MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';

const SOCKETS: readonly SocketPlan[] = [
  tcp(80, '0.0.0.0'),
  { protocol: 'udp', family: 4, address: '0.0.0.0', port: 45_000 },
  { protocol: 'tcp', family: 6, address: '::', port: 443 },
  { protocol: 'udp', family: 4, address: '0.0.0.0', port: 53 },
  { protocol: 'udp', family: 6, address: '::', port: 5353 },
];
/** Those that answer there, best first. */
const SOURCES: readonly SourceName[] = HAS_SOCK_DIAG ? ['netlink', 'proc'] : ['proc'];
const EPHEMERAL = [45_000, 45_999] as const;

describe.skipIf(!MAY_MAKE_NAMESPACES)('another network namespace', () => {
  let namespaces: Namespaces;
  let mounted: TestNamespace;
  let inhabited: TestNamespace;

  const within = (name: string, ...command: string[]) =>
    execFileSync('nsenter', [`--net=/run/netns/${name}`, ...command], { encoding: 'utf8' });

  beforeAll(async () => {
    enterMountNamespace();
    namespaces = await startNamespaces();
    mounted = await namespaces.makeOne('mounted', SOCKETS);
    inhabited = await namespaces.makeOne('inhabited', SOCKETS, 'process');
    within('mounted', 'sysctl', '-qw', `net.ipv4.ip_local_port_range=${EPHEMERAL.join(' ')}`);
  });
  afterAll(() => namespaces[Symbol.asyncDispose]());

  const look = (place: string, source?: SourceName, processes = false) =>
    listListeners({ in: place, processes, ...(source && { sources: [source] }) });

  /** What every source must tell alike. */
  const brief = ({ sockets, ...endpoint }: Listener) =>
    `${endpoint.place} ${endpoint.protocol} ${formatEndpoint(endpoint)} ${sockets.map(({ inode }) => inode)}`;

  test.each([
    ['without a process in it', () => ({ place: 'netns:mounted', made: mounted })],
    ['by its path', () => ({ place: 'netns:/run/netns/mounted', made: mounted })],
    ['of a process', () => ({ place: `pid:${inhabited.pid}`, made: inhabited })],
  ])('%s is told alike by every source, and exactly', async (_, where) => {
    const { place, made } = where();
    const truth = made.sockets.map(({ protocol, port, inode }) => `${protocol} ${port} ${inode}`).sort();
    const answers = await Promise.all(SOURCES.map((source) => look(place, source)));
    for (const { listeners } of answers) {
      expect(
        listeners.map(({ protocol, port, sockets }) => `${protocol} ${port} ${sockets[0]?.inode}`).sort(),
      ).toEqual(truth);
    }
    expect(answers[0]?.listeners.map(brief)).toEqual(answers.at(-1)?.listeners.map(brief));
  });

  test.each(SOURCES)('%s goes by the ephemeral ports of that namespace', async (source) => {
    const { listeners } = await look('netns:mounted', source);
    expect(listeners.filter(({ ephemeral }) => ephemeral).map(({ port }) => port)).toEqual([45_000]);
    const own = await look(`pid:${inhabited.pid}`, source);
    // There the kernel has its default, 32768 to 60999.
    expect(own.listeners.filter(({ ephemeral }) => ephemeral).map(({ port }) => port)).toEqual([45_000]);
    within('mounted', 'sysctl', '-qw', 'net.ipv4.ip_local_port_range=2000 2999');
    expect((await look('netns:mounted', source)).listeners.some(({ ephemeral }) => ephemeral)).toBe(false);
    within('mounted', 'sysctl', '-qw', `net.ipv4.ip_local_port_range=${EPHEMERAL.join(' ')}`);
  });

  test.skipIf(!HAS_SOCK_DIAG)('has names of its own for its network devices', async () => {
    const lines = Array.from({ length: 3 }, (_, i) => `link add there${i} type veth peer name far${i}`);
    execFileSync('nsenter', ['--net=/run/netns/mounted', 'ip', '-batch', '-'], { input: lines.join('\n') });
    const bindToDevice = `
import socket, sys
one = socket.socket()
one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'there2')
one.bind(('0.0.0.0', 9000))
one.listen()
print('ready', flush=True)
sys.stdin.read()
`;
    const child = spawn('nsenter', ['--net=/run/netns/mounted', 'python3', '-c', bindToDevice]);
    try {
      await once(child.stdout, 'data');
      const { listeners } = await look('netns:mounted', 'netlink');
      expect(listeners.find(({ port }) => port === 9000)).toMatchObject({
        sockets: [{ interface: 'there2' }],
      });
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
  });

  test('has processes with their pids here and there', async () => {
    const wait =
      'import os, socket, sys; one = socket.create_server(("127.0.0.1", 9100)); print(os.getpid(), flush=True); sys.stdin.read()';
    // Not through `env`: the pid of the innermost is to be that of the server.
    const child = spawn('unshare', [
      '--net',
      '--pid',
      '--fork',
      '--kill-child',
      'sh',
      '-c',
      'ip link set lo up && exec "$0" "$@"',
      'python3',
      '-c',
      wait,
    ]);
    try {
      const { value: inner } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
      const { listeners } = await look(`pid:${child.pid}`, undefined, true);
      expect(listeners).toHaveLength(1);
      const [process] = listeners[0]?.processes ?? [];
      expect(process?.namespacePid).toBe(Number(inner));
      expect(process?.pid).not.toBe(process?.namespacePid);
      expect(process?.parentPid).toBe(child.pid);
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
  });

  test('has its holders: a process, that in it or one outside of it, or the kernel', async () => {
    within('mounted', 'ip', 'link', 'add', 'vxlan0', 'type', 'vxlan', 'id', '1', 'dstport', '4789');
    within('mounted', 'ip', 'link', 'set', 'vxlan0', 'up');
    const holdersOf = async (place: string) => {
      const { listeners } = await look(place, undefined, true);
      return listeners.map(({ port, processes, sockets }) => [
        port,
        sockets[0]?.holder,
        processes?.map(({ pid }) => pid),
      ]);
    };
    const there = await holdersOf('netns:mounted');
    expect(there).toContainEqual([4789, 'kernel', []]);
    expect(there).toContainEqual([80, 'process', [namespaces.pid]]);
    expect(await holdersOf(`pid:${inhabited.pid}`)).toContainEqual([80, 'process', [inhabited.pid]]);
    within('mounted', 'ip', 'link', 'del', 'vxlan0');
  });

  test('has the same owners as here: by pid, by environment', async () => {
    const child = spawn(
      'unshare',
      [
        '--net',
        'python3',
        '-c',
        'import socket, sys; one = socket.create_server(("0.0.0.0", 9200)); print(1, flush=True); sys.stdin.read()',
      ],
      {
        env: { ...process.env, PORTOLAN_TEST_OWNER: 'me' },
      },
    );
    try {
      await once(child.stdout, 'data');
      const { listeners } = await listListeners({
        in: `pid:${child.pid}`,
        owners: [
          { name: 'by pid', pid: child.pid ?? 0 },
          { name: 'by environment', environment: 'PORTOLAN_TEST_OWNER=me' },
        ],
      });
      expect(listeners).toMatchObject([{ port: 9200, owners: ['by pid', 'by environment'] }]);
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
  });

  test('may be looked at beside others, and one that is not there does not keep them from being seen', async () => {
    const snapshot = await listListeners({
      in: ['netns:mounted', 'netns:nowhere', `pid:${inhabited.pid}`],
      processes: false,
    });
    expect(snapshot.places).toMatchObject([
      { place: 'netns:mounted', source: SOURCES[0], reason: null },
      {
        place: 'netns:nowhere',
        source: null,
        reason: expect.stringMatching(/no \/run\/netns\/nowhere.*mounted/),
      },
      { place: `pid:${inhabited.pid}`, source: SOURCES[0], reason: null },
    ]);
    expect(new Set(snapshot.listeners.map(({ place }) => place))).toEqual(
      new Set(['netns:mounted', `pid:${inhabited.pid}`]),
    );
    await expect(listListeners({ in: 'netns:nowhere' })).rejects.toThrow(/^netns:nowhere: there is no/);
  });
});
