import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { listListeners } from '../../../../dist/index.js';
import type { ListenRecord } from '../../../../dist/port-monitor/doorbells/tracefs/parse-trace.js';
import { TracefsDoorbell } from '../../../../dist/port-monitor/doorbells/tracefs/tracefs-doorbell.js';
import { openSocket, type SocketPlan } from '../../../test-namespace/native-socket.js';
import { enterTestNamespace } from '../../../test-namespace/test-namespace.js';
import { Bell } from '../bell.js';
import { MAY_TRACE, mountTracefs, TRACEFS } from './mounted-tracefs.js';
import { python } from './python.js';
import { startStranger } from './stranger.js';

const TCP: SocketPlan = { protocol: 'tcp', family: 4, address: '127.0.0.1', port: 0, backlog: 5 };

describe.skipIf(!MAY_TRACE)('the tracefs doorbell', () => {
  let tracefs: AsyncDisposable;
  let doorbell: TracefsDoorbell;
  let bell: Bell;

  beforeAll(async () => {
    tracefs = await mountTracefs();
    enterTestNamespace();
    // Ports of its own: of a process that has ended, nothing else tells a record here from one of another namespace.
    writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', '5000 9999');
  });
  afterAll(() => tracefs[Symbol.asyncDispose]());
  afterEach(() => doorbell.stop());

  async function start(): Promise<void> {
    doorbell = new TracefsDoorbell({ persistent: true });
    bell = new Bell();
    await doorbell.start(bell.ring, (error) => {
      throw error;
    });
  }

  /** Other programs of the machine may open and close what they like. */
  async function taken(port: number): Promise<readonly ListenRecord[]> {
    return (await doorbell.takeRecords()).records.filter((record) => record.port === port);
  }

  test('rings when a listener opens and when it closes', async () => {
    await start();
    const opened = bell.next();
    const socket = openSocket(TCP);
    await opened;
    await bell.quiet();
    const closed = bell.next();
    socket[Symbol.dispose]();
    await closed;
  });

  test('rings when a UDP socket is bound', async () => {
    await start();
    const rung = bell.next();
    openSocket({ protocol: 'udp', family: 4, address: '127.0.0.1', port: 0 })[Symbol.dispose]();
    await rung;
  });

  test('does not ring for what happens in other network namespaces, nor keeps records of it', async () => {
    await start();
    await using stranger = await startStranger();
    await bell.quiet();
    const before = bell.count;
    const rung = bell.next();
    const ports = await stranger.open();
    await bell.quiet();
    expect(bell.count).toBe(before);
    expect(await taken(ports[0] ?? 0)).toEqual([]);
    const socket = openSocket(TCP);
    await rung;
    socket[Symbol.dispose]();
  });

  test.each([
    ['0.0.0.0', 4, false],
    ['127.0.0.1', 4, false],
    ['::', 6, true],
    ['::', 6, false],
    ['::1', 6, false],
    ['::ffff:127.0.0.1', 6, false],
    ['::ffff:0.0.0.0', 6, false],
  ] as const)('records a listener on %s as a look shows it', async (address, family, v6Only) => {
    await start();
    const before = process.hrtime.bigint();
    const socket = openSocket({ ...TCP, address, family, v6Only });
    const after = process.hrtime.bigint();
    const [opened] = await taken(socket.bound.port);
    const { listeners } = await listListeners({ processes: false });
    const seen = listeners.find(({ port }) => port === socket.bound.port);
    expect(opened).toMatchObject({ family: seen?.family, address: seen?.address, type: 'opened' });
    expect(opened?.pid).toBe(process.pid);
    expect(opened?.atNs).toBeGreaterThan(before - 1000n);
    expect(opened?.atNs).toBeLessThan(after + 1000n);
    socket[Symbol.dispose]();
    expect(await taken(socket.bound.port)).toMatchObject([
      { ...opened, type: 'closed', descriptor: null, atNs: expect.any(BigInt) },
    ]);
  });

  test('has the record by the time that listen() returned, every time', async () => {
    await start();
    for (let i = 0; i < 1000; i++) {
      const socket = openSocket(TCP);
      expect(await taken(socket.bound.port)).toMatchObject([{ type: 'opened' }]);
      socket[Symbol.dispose]();
      expect(await taken(socket.bound.port)).toMatchObject([{ type: 'closed' }]);
    }
  });

  test('names the process of a thread', async () => {
    await start();
    const code = `const server = require('node:net').createServer().listen(0, () =>
      require('node:worker_threads').parentPort.postMessage(server.address().port));`;
    const worker = new Worker(code, { eval: true });
    const port = await new Promise<number>((resolve) => worker.once('message', resolve));
    expect(await taken(port)).toMatchObject([{ pid: process.pid }]);
    await worker.terminate();
  });

  test('makes no record of a listen() that failed', async () => {
    await start();
    const { told } = await python<number>(FAILED_LISTEN);
    expect((await taken(told)).map(({ type }) => type)).toEqual(['opened', 'closed']);
  });

  test('is told of no connection', async () => {
    await start();
    const server = await listening();
    const port = (server.address() as { port: number }).port;
    await python(CONNECTIONS, String(port));
    expect((await taken(port)).map(({ type }) => type)).toEqual(['opened']);
    await new Promise((resolve) => server.close(resolve));
    expect((await taken(port)).map(({ type }) => type)).toEqual(['closed']);
  });

  test('is not misled by names of processes', async () => {
    await start();
    for (const name of [
      '-7 (8) [0] . 1',
      'a\nb: sport=1',
      '\\xff\\xfe[000] 1: ',
      'x-1 (1) [000] .',
      '==> <==',
    ]) {
      const { pid, told } = await python<number>(NAMED, name);
      const { records } = await doorbell.takeRecords();
      expect(records.filter((record) => record.pid === pid)).toMatchObject([
        { type: 'opened', port: told, address: '127.0.0.1' },
        { type: 'closed', port: told, address: '127.0.0.1' },
      ]);
    }
  });

  test('records 2,000 listeners of four processes, all of them and in order', async () => {
    await start();
    const children = await Promise.all([1, 2, 3, 4].map((seed) => python<number[]>(STORM, String(seed))));
    const { records, lost } = await doorbell.takeRecords();
    expect(lost).toBe(0);
    for (const { pid, told: ports } of children) {
      const own = records.filter((record) => record.pid === pid);
      expect(own.filter(({ type }) => type === 'opened').map(({ port }) => port)).toEqual(ports);
      const open = new Set<number>();
      for (const { type, port } of own) {
        if (type === 'opened') expect(open.has(port)).toBe(false);
        else expect(open.delete(port)).toBe(true);
        if (type === 'opened') open.add(port);
      }
      expect(open.size).toBe(0);
    }
    expect(records).toEqual(records.toSorted((a, b) => Number(a.atNs - b.atNs)));
  });

  test('tells how much was lost, when nobody could read for a while', async () => {
    await start();
    const count = 20_000;
    for (let i = 0; i < count; i++) openSocket(TCP)[Symbol.dispose]();
    const { records, lost } = await doorbell.takeRecords();
    expect(lost).toBeGreaterThan(0);
    // Each of them is five events: bound, listen() began, opened, listen() returned, closed.
    expect(lost + records.length).toBeLessThanOrEqual(5 * count + 100);
    expect(lost + 2.5 * records.length).toBeGreaterThanOrEqual(5 * count - 100);
  });

  test('leaves no instance, descriptor or thread behind, and nothing to ring', async () => {
    const held = () => [readdirSync('/proc/self/fd').length, readdirSync('/proc/self/task').length];
    const before = held();
    const unused = new TracefsDoorbell({ persistent: true });
    await unused.stop();
    await start();
    expect(instancesOf(process.pid)).toHaveLength(1);
    const stopped = doorbell.stop();
    openSocket(TCP)[Symbol.dispose]();
    await Promise.all([stopped, doorbell.stop()]);
    await bell.quiet();
    expect(bell.count).toBe(0);
    expect(await doorbell.takeRecords()).toEqual({ records: [], underWay: [], lost: 0 });
    expect(instancesOf(process.pid)).toEqual([]);
    expect(held()).toEqual(before);
  });

  test('can be stopped while it starts', async () => {
    doorbell = new TracefsDoorbell({ persistent: true });
    const starting = doorbell.start(() => undefined);
    await Promise.all([doorbell.stop(), starting]);
    expect(instancesOf(process.pid)).toEqual([]);
  });
});

const FAILED_LISTEN = `
import socket
a, b = socket.socket(), socket.socket()
for s in a, b: s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
a.bind(('127.0.0.1', 0))
b.bind(a.getsockname())
a.listen(1)
try: b.listen(1)
except OSError: print(a.getsockname()[1], flush=True)
`;

const CONNECTIONS = `
import socket, sys
for i in range(1000): socket.create_connection(('127.0.0.1', int(sys.argv[1]))).close()
print(0)
`;

const NAMED = `
import socket, sys
open('/proc/self/comm', 'wb').write(sys.argv[1].encode().decode('unicode_escape').encode('latin1'))
s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen(1)
print(s.getsockname()[1])
`;

const STORM = `
import json, random, socket, sys, time
random.seed(int(sys.argv[1]))
ports, open_ones = [], []
for i in range(500):
    s = socket.socket()
    s.bind(('127.0.0.1', 0))
    s.listen(1)
    ports.append(s.getsockname()[1])
    open_ones.append(s)
    while random.random() < len(open_ones) / 10: open_ones.pop(random.randrange(len(open_ones))).close()
    if random.random() < 0.2: time.sleep(0.001)
for s in open_ones: s.close()
print(json.dumps(ports))
`;

function instancesOf(pid: number): string[] {
  return readdirSync(`${TRACEFS}/instances`).filter((name) => name.split('-')[2] === String(pid));
}

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
}
