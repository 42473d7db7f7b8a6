import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { listListeners, type PortEvent, PortMonitor } from '../../src/index.js';
import { PidPlace } from '../../src/places/pid-place.js';
import { openSocket } from '../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { lookFromUserNamespace } from './look-at-place.js';
import { enterMountNamespace } from './mount-namespace.js';
import { type Namespaces, startNamespaces, tcp } from './namespaces.js';
import { brief } from './recorded-events.js';

const QUIET = { doorbell: 'clock', intervalMs: 1e6, processes: false } as const;

describe.skipIf(!MAY_MAKE_NAMESPACES)('the place of a process', () => {
  let namespaces: Namespaces;

  beforeAll(async () => {
    enterTestNamespace();
    enterMountNamespace();
    namespaces = await startNamespaces();
  });
  afterAll(() => namespaces[Symbol.asyncDispose]());

  test('is this process’s namespace if the other process is in it, under the name that was asked for', async () => {
    using socket = openSocket({ protocol: 'tcp', family: 4, address: '127.0.0.1', port: 0, backlog: 1 });
    const { listeners, places } = await listListeners({ in: `pid:${namespaces.pid}`, processes: false });
    const { port } = socket.bound;
    expect(listeners.filter((each) => each.port === port)).toMatchObject([
      { place: `pid:${namespaces.pid}` },
    ]);
    expect(places).toMatchObject([{ place: `pid:${namespaces.pid}`, source: 'netlink' }]);
  });

  test('is gone with the process, after all that was open there has closed', async () => {
    const { pid } = await namespaces.makeOne('short', [tcp(80), tcp(81)], 'process');
    await using monitor = new PortMonitor({ ...QUIET, in: `pid:${pid}` });
    await monitor.start();
    expect(monitor.listeners().map(({ port }) => port)).toEqual([80, 81]);
    const told: PortEvent[] = [];
    monitor.on('closed', (event) => told.push(event)).on('place', (event) => told.push(event));
    await namespaces.end('short');
    await vi.waitFor(() => expect(told.at(-1)?.type).toBe('place'), 20_000);
    expect(told.map(brief)).toEqual([`pid:${pid} closed 80`, `pid:${pid} closed 81`, `pid:${pid} gone`]);
    expect(told.at(-1)).toMatchObject({ reason: expect.stringMatching(/no such process|ended/) });
    expect(monitor.listeners()).toEqual([]);
    expect(await monitor.refresh()).toEqual([]);
  });

  test('follows a process that goes to another namespace', async () => {
    const child = spawn('python3', ['-c', CHANGE_NAMESPACE], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      await using monitor = new PortMonitor({ ...QUIET, in: `pid:${child.pid}` });
      await monitor.start();
      const place = `pid:${child.pid}`;
      const before = monitor.listeners().map(({ port }) => `${place} closed ${port}`);
      expect(before).toContain(`${place} closed 9300`);
      const told: PortEvent[] = [];
      for (const type of ['opened', 'closed', 'place'] as const)
        monitor.on(type, (event) => told.push(event));
      child.stdin.write('go\n');
      await once(child.stdout, 'data');
      await vi.waitFor(() => expect(told.map(brief)).toContain(`${place} opened 9301`), 20_000);
      expect(told.map(brief)).toEqual([
        ...before,
        `${place} gone`,
        `${place} appeared`,
        `${place} opened 9301`,
      ]);
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
  });

  test('is not that of another process that has got its pid', () => {
    const told = execFileSync(
      'unshare',
      [
        '--pid',
        '--fork',
        '--kill-child',
        '--mount-proc',
        '--net',
        process.execPath,
        '--input-type=module',
        '--eval',
        REUSED,
      ],
      { encoding: 'utf8', cwd: new URL('../../', import.meta.url) },
    );
    expect(JSON.parse(told)).toEqual({ first: 1, second: 'that process has ended' });
  });

  test('is not there if there is no such process', async () => {
    await expect(new PidPlace(2 ** 31 - 1).find()).rejects.toThrow('there is no such process');
    await expect(new PortMonitor({ in: 'pid:2147483647' }).start()).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_PLACE',
    });
  });

  test('is looked at from outside if this process may enter its namespace and not come back', () => {
    const server =
      "import socket, time; s = socket.create_server(('127.0.0.1', 4321)); print(flush=True); time.sleep(60)";
    const started = `mkfifo "$TMPDIR/ready"; unshare --net python3 -c "${server}" > "$TMPDIR/ready" & read -r _ < "$TMPDIR/ready"`;
    expect(lookFromUserNamespace(started)).toMatch(/^pid:\d+ proc 127\.0\.0\.1 4321$/);
  });
});

/** Listens on port 9300; when it reads a line, it goes to a new network namespace and listens on 9301 there. */
const CHANGE_NAMESPACE = `
import ctypes, socket, sys
one = socket.create_server(('127.0.0.1', 9300))
print('ready', flush=True)
sys.stdin.readline()
ctypes.CDLL(None).unshare(0x40000000)
two = socket.create_server(('0.0.0.0', 9301))
print('gone', flush=True)
sys.stdin.read()
`;

const REUSED = `
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { PidPlace } from './dist/places/pid-place.js';
async function sleeperWithPid(pid) {
  for (;;) {
    writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    if (child.pid === pid) return child;
    child.kill();
    await once(child, 'exit');
  }
}
const first = await sleeperWithPid(20000);
const place = new PidPlace(20000);
const found = await place.find();
first.kill();
await once(first, 'exit');
// Processes that start within the same clock tick could not be told apart.
await new Promise((resolve) => setTimeout(resolve, 30));
const second = await sleeperWithPid(20000);
const told = await place.find().catch(({ reason }) => reason);
second.kill();
console.log(JSON.stringify({ first: found.length, second: told }));
`;
