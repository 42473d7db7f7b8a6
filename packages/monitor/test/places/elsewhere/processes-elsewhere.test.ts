import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Listener } from '../../../src/index.js';
import { ElsewhereSource } from '../../../src/places/elsewhere/elsewhere-source.js';
import { parseHolders, parseProcesses } from '../../../src/places/elsewhere/parse-holders.js';
import { processesElsewhere } from '../../../src/places/elsewhere/processes-elsewhere.js';
import { SpawnTransport } from '../../../src/places/elsewhere/spawn-transport.js';
import { readProcess } from '../../../src/processes/read-process.js';
import { damaged } from '../../fixtures/damage.js';
import { startPython } from '../../processes/child.js';
import { openSocket } from '../../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { BarePlace, programPath } from './bare-place.js';
import { CountingTransport } from './counting-transport.js';

const PLACES = [
  { what: 'dash and ls of coreutils', programs: { sh: 'dash', cat: 'cat', ls: 'ls' } },
  { what: 'bash and ls of coreutils', programs: { sh: 'bash', cat: 'cat', ls: 'ls' } },
  { what: 'mksh and ls of coreutils', programs: { sh: 'mksh', cat: 'cat', ls: 'ls' } },
  { what: 'busybox', programs: { sh: 'busybox', cat: 'busybox', ls: 'busybox' } },
];

beforeAll(() => {
  if (MAY_MAKE_NAMESPACES) enterTestNamespace();
});

function visit(programs: Record<string, string>) {
  const place = new BarePlace(programs);
  const transport = new CountingTransport(new SpawnTransport(place.command));
  const source = new ElsewhereSource({ place: 'far', transport, processes: true });
  onTestFinished(() => {
    source.close();
    place[Symbol.dispose]();
  });
  return { place, transport, source };
}

async function listenerAt(source: ElsewhereSource, port: number): Promise<Listener | undefined> {
  const { listeners, processes } = await source.look();
  return processesElsewhere(listeners, processes ?? new Map()).find((listener) => listener.port === port);
}

describe.each(PLACES)('in a place with $what', ({ programs }) => {
  const isThere = Object.values(programs).every((program) => programPath(program) !== undefined);

  test.skipIf(!isThere)('a listener has its process and its worker, with what is known of them', async () => {
    const { source } = visit(programs);
    await using child = await startPython<{ port: number; worker: number }>(
      `
s = listen()
open('/proc/self/comm', 'wb').write(b'x)\\n 1 (\\x1b')
pid = os.fork()
if pid == 0: wait()
say(port=s.getsockname()[1], worker=pid)
wait()`,
      ['an argument\nwith a line', ''],
    );
    const listener = await listenerAt(source, child.report.port);
    expect(listener?.sockets).toMatchObject([{ holder: 'process' }]);
    const known = [child.pid, child.report.worker].map((pid) => ({
      ...readProcess(pid),
      executable: null,
      user: null,
      startedAt: null,
      workingDirectory: null,
    }));
    expect(listener?.processes).toEqual(known);
    expect(known[0]?.name).toBe('x)\n 1 (\x1b');
  });

  test.skipIf(!isThere)('no name of a file makes a holder', async () => {
    const { source } = visit(programs);
    await using other = await startPython<{ fd: number }>('say(fd=0); wait()');
    await using child = await startPython<{ port: number }>(
      `
s = listen()
at = sys.argv[1] + '/x\\n/proc/' + sys.argv[2] + '/fd:\\nlrwx------ 1 0 0 64 Nov 24 19:18 0 -> socket:[%d]' % inode(s)
os.makedirs(os.path.dirname(at)); f = open(at, 'w')
say(port=s.getsockname()[1])
wait()`,
      [temporary(), String(other.pid)],
    );
    const listener = await listenerAt(source, child.report.port);
    expect(listener?.processes?.map(({ pid }) => pid)).toEqual([child.pid]);
  });

  test.skipIf(!isThere)('who holds what is asked for when other sockets listen, and not before', async () => {
    const { source, transport } = visit(programs);
    await using child = await startPython<{ port: number }>(
      's = listen(); say(port=s.getsockname()[1]); wait()',
    );
    void child;
    const first = await source.look();
    const before = transport.bytes;
    expect(await source.look()).toBe(first);
    expect(transport.bytes - before).toBeLessThan(64);
    await using other = await startPython<{ port: number }>(
      's = listen(); say(port=s.getsockname()[1]); wait()',
    );
    expect((await listenerAt(source, other.report.port))?.processes).toMatchObject([{ pid: other.pid }]);
  });
});

test.each([
  ['prints garbage', 'exec head -c 100000 /dev/urandom'],
  ['fails', 'exit 2'],
  [
    'lists sockets that nobody asked for',
    'echo "/proc/1/fd:"; echo "lrwx 1 0 0 64 Nov 24 1 3 -> socket:[1]"',
  ],
])('listeners are told without processes if ls %s', async (_, script) => {
  const { place, source } = visit({ sh: 'sh', cat: 'cat' });
  writeFileSync(join(place.path, 'ls'), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, { mode: 0o755 });
  using socket = openSocket({ protocol: 'tcp', family: 4, address: '127.0.0.1', port: 0, backlog: 1 });
  const listener = await listenerAt(source, socket.bound.port);
  expect(listener).toMatchObject({ processes: [], sockets: [{ holder: null }] });
});

test('listeners are told without processes if ls hangs, and it is not asked again for the same', async () => {
  const { place, source, transport } = visit({ sh: 'sh', cat: 'cat' });
  writeFileSync(join(place.path, 'ls'), '#!/bin/sh\nexec /bin/sleep 600\n', { mode: 0o755 });
  using socket = openSocket({ protocol: 'tcp', family: 4, address: '127.0.0.1', port: 0, backlog: 1 });
  const first = await source.look();
  const listeners = processesElsewhere(first.listeners, first.processes ?? new Map());
  const listener = listeners.find(({ port }) => port === socket.bound.port);
  expect(listener).toMatchObject({ processes: null, sockets: [{ holder: null }] });
  expect(await source.look()).toBe(first);
  expect(transport.started).toEqual(['sh', 'sh']);
});

test('what ls prints never makes up a holder, however damaged', () => {
  const whole = Buffer.from(`  4711 srwxrwxrwx 1 0 0 0 Nov 24 19:18 /proc/12/fd/3
4712 srwxrwxrwx    1 65534    65534            0 Jan  1  1970 /proc/13/fd/10\n`);
  const inodes = new Set([4711, 4712]);
  expect(parseHolders(whole.toString(), inodes)).toEqual(
    new Map([
      [4711, new Set([12])],
      [4712, new Set([13])],
    ]),
  );
  expect(parseHolders(whole.toString(), new Set([1]))).toEqual(new Map());
  fc.assert(
    fc.property(damaged(whole), (bytes) => {
      const output = bytes.toString('latin1');
      for (const [inode, pids] of parseHolders(output, inodes)) {
        expect(output).toContain(`${inode} `);
        for (const pid of pids) expect(output).toContain(`/proc/${pid}/fd/`);
      }
    }),
  );
});

test('a process without a readable stat is none', () => {
  const part = (label: string, text: string) => ({ label, bytes: Buffer.from(text) });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const parts = [
        { label: '1/cmdline', bytes: Buffer.from(bytes) },
        part('1/stat', '1 (a) S'),
        part('x', ''),
      ];
      expect(parseProcesses(parts)).toEqual(new Map());
    }),
  );
});

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'portolan-forged-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}
