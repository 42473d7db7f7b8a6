import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DestroyDoorbell } from '../../../../dist/port-monitor/doorbells/destroy-groups/destroy-groups.js';
import type { SocketEnding } from '../../../../dist/port-monitor/doorbells/destroy-groups/socket-ending.js';
import { DoorbellError } from '../../../../dist/port-monitor/doorbells/doorbell.js';
import { HAS_SOCK_DIAG } from '../../../test-namespace/has-sock-diag.js';
import { openSocket, type SocketPlan } from '../../../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../../test-namespace/test-namespace.js';
import { Bell } from '../bell.js';
import { RunningModule } from '../run-module.js';
import { python } from '../tracefs/python.js';

const NOBODY = 65534;

const TCP4: SocketPlan = { protocol: 'tcp', family: 4, address: '127.0.0.1', port: 0, backlog: 5 };
const TCP6: SocketPlan = { protocol: 'tcp', family: 6, address: '::1', port: 0, backlog: 5 };
const UDP4: SocketPlan = { protocol: 'udp', family: 4, address: '127.0.0.1', port: 0 };
const UDP6: SocketPlan = { protocol: 'udp', family: 6, address: '::', port: 0 };

/** Opens and closes 10,000 connections as fast as it can, and its listener when it is told. */
const FLOOD = `
import json, socket, struct, sys, time
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(100)
start = time.monotonic()
for i in range(10000):
    pair = socket.create_connection(server.getsockname()), server.accept()[0]
    for end in pair:
        if sys.argv[1] == 'reset':
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        end.close()
print(json.dumps({'seconds': round(time.monotonic() - start, 3)}), flush=True)
sys.stdin.read()
`;

const SHUT_DOWN = `
import socket
s = socket.create_server(('127.0.0.1', 0))
print(s.getsockname()[1])
s.shutdown(socket.SHUT_RDWR)
s.close()
`;

// The kernel makes the messages with what makes the dumps (sock_diag_broadcast_destroy_work() in net/core/sock_diag.c).
describe.skipIf(!MAY_MAKE_NAMESPACES || !HAS_SOCK_DIAG)('the destroy groups', () => {
  const doorbells: DestroyDoorbell[] = [];

  beforeAll(() => {
    enterTestNamespace();
  });

  afterEach(async () => {
    for (const doorbell of doorbells.splice(0)) await doorbell.stop();
  });

  async function started(): Promise<Bell & { doorbell: DestroyDoorbell }> {
    const doorbell = new DestroyDoorbell({ persistent: true });
    doorbell.keepsEndings = true;
    doorbells.push(doorbell);
    const bell = new Bell();
    await doorbell.start(bell.ring, (error) => {
      throw error;
    });
    return Object.assign(bell, { doorbell });
  }

  test.each([
    ['TCP over IPv4', TCP4],
    ['TCP over IPv6', TCP6],
    ['UDP over IPv4', UDP4],
    ['UDP over IPv6', UDP6],
  ])('ring when a listener of %s is closed, and not when it is opened', async (_, plan) => {
    const bell = await started();
    const socket = openSocket(plan);
    await bell.quiet();
    expect(bell.count).toBe(0);
    const rung = bell.next();
    socket[Symbol.dispose]();
    await rung;
  });

  test.each([
    ['end', 'none'],
    ['are reset', 'reset'],
  ])('10,000 connections that %s wake nobody, and then their listener does', async (_, how) => {
    const bell = await started();
    const flood = spawn('/usr/bin/env', ['python3', '-c', FLOOD, how], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [told] = await once(flood.stdout, 'data');
    const { seconds } = JSON.parse(String(told)) as { seconds: number };
    await bell.quiet();
    expect(bell.count, `rings, with a flood of ${seconds} s`).toBe(0);
    const rung = bell.next();
    flood.stdin.end();
    await rung;
  });

  test('connections that are refused wake nobody', async () => {
    const bell = await started();
    for (let i = 0; i < 100; i++) await expect(connected(1)).rejects.toThrow('ECONNREFUSED');
    await bell.quiet();
    expect(bell.count).toBe(0);
  });

  test('connected UDP sockets and sockets without a port wake nobody', async () => {
    const bell = await started();
    for (let i = 0; i < 100; i++) openSocket({ ...UDP4, connectTo: 9 })[Symbol.dispose]();
    await bell.quiet();
    expect(bell.count).toBe(0);
  });

  test('more messages than the queue holds are a ring, not an error', async () => {
    const bell = await started();
    const rung = bell.next();
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let missed = false; !missed; { missed } = await bell.doorbell.takeEndings()) {
      for (let i = 0; i < 10_000; i++) openSocket(UDP4)[Symbol.dispose]();
      // The kernel tells of them in a thread of its own, and nobody reads meanwhile.
      Atomics.wait(pause, 0, 0, 100);
    }
    await rung;
    await bell.quiet();
    const next = bell.next();
    openSocket(TCP4)[Symbol.dispose]();
    await next;
  });

  test.each([
    ['TCP over IPv4', TCP4, { family: 4, address: '127.0.0.1' }],
    ['TCP over IPv6', TCP6, { family: 6, address: '::1' }],
    [
      'TCP on a v4-mapped address',
      { ...TCP6, address: '::ffff:127.0.0.1' },
      { family: 6, address: '::ffff:127.0.0.1' },
    ],
    ['TCP on all addresses', { ...TCP6, address: '::' }, { family: 6, address: '::' }],
  ] as const)('tell which listener of %s it was', async (_, plan, endpoint) => {
    const { doorbell } = await started();
    const socket = openSocket(plan);
    const before = process.hrtime.bigint();
    socket[Symbol.dispose]();
    const ending = { ...endpoint, port: socket.bound.port, heardAtNs: expect.any(BigInt) };
    const endings: SocketEnding[] = [];
    await expect
      .poll(async () => endings.push(...(await doorbell.takeEndings()).endings) && endings)
      .toEqual([ending]);
    expect(endings[0]?.heardAtNs).toBeGreaterThan(before);
  });

  test('tell of a listener that was shut down when it is closed, and of nothing else that is no listener', async () => {
    const { doorbell } = await started();
    openSocket(UDP4)[Symbol.dispose]();
    const { told } = await python<number>(SHUT_DOWN);
    const endings: SocketEnding[] = [];
    await expect
      .poll(async () => endings.push(...(await doorbell.takeEndings()).endings) && endings)
      .toMatchObject([{ port: told }]);
  });

  test('nothing rings after stop(), and no descriptor is left', async () => {
    const before = readdirSync('/proc/self/fd').length;
    const bell = await started();
    const socket = openSocket(TCP4);
    const stopped = bell.doorbell.stop();
    socket[Symbol.dispose]();
    await Promise.all([stopped, bell.doorbell.stop()]);
    await bell.quiet();
    expect(bell.count).toBe(0);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });

  test('need no privilege', async () => {
    const running = new RunningModule(
      `import { createServer } from 'node:net';
       const { DestroyDoorbell } = await import(DIST + 'port-monitor/doorbells/destroy-groups/destroy-groups.js');
       const doorbell = new DestroyDoorbell({ persistent: true });
       const server = createServer();
       await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
       const rung = new Promise((resolve) => doorbell.start(resolve));
       server.close();
       await rung;
       await doorbell.stop();
       console.log('rung as ' + process.getuid());`,
      NOBODY,
    );
    expect(await running.line()).toBe(`rung as ${NOBODY}`);
    expect(await running.end()).toBe(0);
  });
});

test('a doorbell without native calls says so', async () => {
  const doorbell = new DestroyDoorbell({ persistent: true }, undefined, () => {
    throw new Error('no native calls');
  });
  await doorbell.stop();
  const failure = await doorbell.start(() => undefined).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DoorbellError);
  expect(failure).toMatchObject({ code: 'ERR_PORTOLAN_DOORBELL', message: 'no native calls' });
});

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
  });
}
