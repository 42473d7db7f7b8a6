import { readdirSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type PortEvent, PortMonitor } from '../../dist/index.js';
import { RunningModule } from '../port-monitor/doorbells/run-module.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { enterMountNamespace } from './mount-namespace.js';
import { type Namespaces, startNamespaces, type TestNamespace, tcp } from './namespaces.js';
import { brief, recordEvents } from './recorded-events.js';

/**
 * The links of this process's descriptors that a monitor may leave open: sockets and tables of /proc/net. A thread that has
 * just ended has other descriptors for a while.
 */
function openDescriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const link = readlinkSync(`/proc/self/fd/${fd}`);
      return /^socket:|^\/proc\/.*\/net\//.test(link) ? [link] : [];
    } catch {
      return [];
    }
  });
}

const PATIENCE = { timeout: 60_000 };

describe.skipIf(!MAY_MAKE_NAMESPACES)('a monitor of another namespace', () => {
  let namespaces: Namespaces;
  let red: TestNamespace;

  beforeAll(async () => {
    enterTestNamespace();
    enterMountNamespace();
    namespaces = await startNamespaces();
    await namespaces.makeOne('blue', [tcp(80)]);
    red = await namespaces.makeOne('red', [tcp(80)], 'process');
  });
  afterAll(() => namespaces[Symbol.asyncDispose]());

  test('is told of a closing there by the kernel, long before its clock', async () => {
    await using monitor = new PortMonitor({ in: 'netns:blue', doorbell: 'destroy', intervalMs: 1e6 });
    await namespaces.open('blue', tcp(81));
    await monitor.start();
    expect(monitor.doorbell).toBe('destroy');
    const told = recordEvents(monitor);
    await namespaces.close('blue', 81);
    await vi.waitFor(() => expect(told.map(brief)).toEqual(['netns:blue closed 81']), 60_000);
  });

  test.each(['auto', 'clock'] as const)('tells an opening there with the doorbell %s', async (doorbell) => {
    await using monitor = new PortMonitor({ in: 'netns:blue', doorbell });
    await monitor.start();
    const told = recordEvents(monitor);
    await namespaces.open('blue', tcp(82));
    await vi.waitFor(() => expect(told.map(brief)).toEqual(['netns:blue opened 82']), 60_000);
    // A process that is not found soon is told in a further event.
    const opened = () => monitor.listeners().find(({ port }) => port === 82);
    const held = { processes: [{ pid: namespaces.pid }] };
    await vi.waitFor(() => expect(opened()).toMatchObject(held), PATIENCE);
    await namespaces.close('blue', 82);
    await vi.waitFor(() => expect(told.map(brief).at(-1)).toBe('netns:blue closed 82'), 60_000);
  });

  test('has no tracefs there, and says so', async () => {
    const monitor = new PortMonitor({ in: 'netns:blue', doorbell: 'tracefs' });
    await expect(monitor.start()).rejects.toMatchObject({ code: 'ERR_PORTOLAN_DOORBELL' });
  });

  test('looks at several places at once, each listener in its own', async () => {
    const places = ['self', 'netns:blue', `pid:${red.pid}`];
    await using monitor = new PortMonitor({ in: places, processes: false, intervalMs: 1e6 });
    await monitor.start();
    expect(monitor.listeners().map(({ place, port }) => [place, port])).toEqual([
      ['netns:blue', 80],
      [`pid:${red.pid}`, 80],
    ]);
    await namespaces.open('blue', tcp(83));
    const events = await monitor.refresh();
    expect(events.map(brief)).toEqual(['netns:blue opened 83']);
    await namespaces.close('blue', 83);
  });

  test('tells what is found by refresh() even if it is more than is remembered', async () => {
    await using monitor = new PortMonitor({ in: 'all', processes: false, history: 1, intervalMs: 1e6 });
    await monitor.start();
    const names = Array.from({ length: 5 }, (_, i) => `many${i}`);
    const ours = (events: readonly PortEvent[]) =>
      events
        .filter(({ place }) => /^netns:many\d$/.test(place))
        .map(brief)
        .sort();
    const expected = names.flatMap((name) =>
      ['appeared', 'opened 80', 'opened 81'].map((what) => `netns:${name} ${what}`),
    );
    // If the monitor's clock was quicker than refresh(), try again.
    await vi.waitFor(async () => {
      await namespaces.make(names.map((name) => ({ name, by: 'mount', sockets: [tcp(80), tcp(81)] })));
      const found = ours(await monitor.refresh());
      await namespaces.end(...names);
      await monitor.refresh();
      expect(found).toEqual(expected.sort());
    }, 60_000);
  });

  test('that can’t find out what is there, for want of descriptors, tells it once, and nothing is gone', async () => {
    const module = new RunningModule(`
const { PortMonitor } = await import(DIST + 'index.js');
const { execFileSync } = await import('node:child_process');
const { closeSync, openSync } = await import('node:fs');
const monitor = new PortMonitor({ in: 'all', processes: false, intervalMs: 1e6 });
const told = [];
monitor.on('place', ({ place, state }) => told.push(place + ' ' + state));
monitor.on('error', ({ place, error }) => told.push(place + ' ' + error.code));
await monitor.start();
const ours = () => monitor.listeners().filter(({ place }) => place === 'netns:blue').length;
const before = ours();
execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=500:500']);
const fds = [];
try { for (;;) fds.push(openSync('/dev/null')); } catch {}
for (let i = 0; i < 3; i++) await monitor.refresh();
for (const fd of fds) closeSync(fd);
const during = told.filter((text) => text.startsWith('all ') || text.includes('netns:blue'));
console.log(JSON.stringify([during, before, ours()]));
await monitor.stop();
`);
    expect(JSON.parse(await module.line())).toEqual([['all EMFILE'], 1, 1]);
    await module.end();
  });

  test('begins to watch what has come once it can, where it could not at first for want of descriptors', async () => {
    await namespaces.makeOne('late', []);
    const module = new RunningModule(`
const { PortMonitor } = await import(DIST + 'index.js');
const { execFileSync } = await import('node:child_process');
const { once } = await import('node:events');
const { closeSync, openSync } = await import('node:fs');
const monitor = new PortMonitor({ in: 'netns:late', doorbell: 'destroy', processes: false });
monitor.on('place', ({ state }) => console.log(state));
monitor.on('opened', ({ listener }) => console.log('opened', listener.port));
monitor.on('error', ({ error }) => console.log(error.code));
await monitor.start();
console.log('started');
await once(process.stdin, 'data');
execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=500:500']);
const fds = [];
try { for (;;) fds.push(openSync('/dev/null')); } catch {}
console.log('full');
await once(process.stdin, 'data');
for (const fd of fds) closeSync(fd);
await once(process.stdin, 'data');
await monitor.stop();
process.stdin.destroy();
`);
    expect(await module.line()).toBe('started');
    await namespaces.end('late');
    expect(await module.line()).toBe('gone');
    module.goOn();
    expect(await module.line()).toBe('full');
    await namespaces.makeOne('late', [tcp(80)]);
    expect([await module.line(), await module.line()]).toEqual(['appeared', 'ERR_PORTOLAN_DOORBELL']);
    module.goOn();
    expect(await module.line()).toBe('opened 80');
    await namespaces.end('late');
    expect(await module.line()).toBe('gone');
    module.goOn();
    expect(await module.end()).toBe(0);
  });

  test.each(['pid', 'netns', 'all'] as const)(
    'of %s lets the program end if it is not persistent',
    async (kind) => {
      const place = { pid: `pid:${red.pid}`, netns: 'netns:blue', all: 'all' }[kind];
      const module = new RunningModule(`
const { PortMonitor } = await import(DIST + 'index.js');
const monitor = new PortMonitor({ in: ${JSON.stringify(place)}, persistent: false, processes: false });
await monitor.start();
console.log(monitor.listeners().length > 0);
`);
      expect(await module.line()).toBe('true');
      expect(await module.end()).toBe(0);
    },
  );

  test.each(['netns:blue', 'all'])(
    'of %s that is stopped while it starts leaves nothing open',
    async (place) => {
      const before = openDescriptors();
      for (let turns = 0; turns < 40; turns++) {
        const monitor = new PortMonitor({ in: place });
        const outcome = monitor.start().catch((error: unknown) => error);
        for (let i = 0; i < turns; i++) await Promise.resolve();
        if (turns % 4 === 3) await new Promise((resolve) => setTimeout(resolve, turns / 4));
        await monitor.stop();
        await outcome;
      }
      await vi.waitFor(() => expect(openDescriptors()).toEqual(before), PATIENCE);
    },
  );

  test('that is stopped while places come leaves nothing open', async () => {
    const before = openDescriptors();
    for (let turn = 0; turn < 5; turn++) {
      const monitor = new PortMonitor({ in: 'all', intervalMs: 1e6 });
      await monitor.start();
      const names = Array.from({ length: 10 }, (_, i) => `late${turn}-${i}`);
      await namespaces.make(names.map((name) => ({ name, by: 'mount', sockets: [tcp(80)] })));
      const refreshed = monitor.refresh();
      for (let i = 0; i < 10 * turn; i++) await Promise.resolve();
      await monitor.stop();
      await refreshed;
      await namespaces.end(...names);
    }
    await vi.waitFor(() => expect(openDescriptors()).toEqual(before), PATIENCE);
  });
});
