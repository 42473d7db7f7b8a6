import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { listListeners, PortMonitor } from '../../dist/index.js';
import { loadLibc } from '../../src/kernel/load-libc.js';
import { AllNamespaces } from '../../src/places/all-namespaces.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { enterMountNamespace } from './mount-namespace.js';
import { type Namespaces, startNamespaces, type TestNamespace, tcp } from './namespaces.js';
import { brief, recordEvents } from './recorded-events.js';

/** Gives a namespace another name for ip-netns(8). */
function rename(from: string, to: string): void {
  writeFileSync(`/run/netns/${to}`, '');
  execFileSync('mount', ['--bind', `/run/netns/${from}`, `/run/netns/${to}`]);
  execFileSync('umount', [`/run/netns/${from}`]);
  rmSync(`/run/netns/${from}`);
}

/** Other programs on this machine have namespaces too. Each test looks only at those that it made. */
describe.skipIf(!MAY_MAKE_NAMESPACES)('all network namespaces', () => {
  let namespaces: Namespaces;
  let made: readonly TestNamespace[];
  const nameContainer = async () => undefined;

  beforeAll(async () => {
    enterTestNamespace();
    enterMountNamespace();
    namespaces = await startNamespaces();
    made = await namespaces.make([
      { name: 'blue', by: 'mount', sockets: [tcp(80)] },
      { name: 'green', by: 'mount', sockets: [tcp(80)] },
      { name: 'red', by: 'process', sockets: [tcp(80)] },
    ]);
  });
  afterAll(() => namespaces[Symbol.asyncDispose]());

  const red = () => made.find(({ name }) => name === 'red')?.pid ?? 0;
  const ids = () => new Set(made.map(({ inode }) => `net:[${inode}]`));

  test('are found each once, by the name of ip netns or of a process, and the current one as self', async () => {
    const sites = await new AllNamespaces(nameContainer).find();
    const ours = sites.filter(({ id }) => ids().has(id));
    expect(ours.map(({ place }) => place).sort()).toEqual(
      ['netns:blue', 'netns:green', `pid:${red()}`].sort(),
    );
    const current = sites.filter(({ place }) => place === 'self');
    expect(current.map(({ id }) => id)).toEqual([`net:[${statSync('/proc/self/ns/net').ino}]`]);
    expect(new Set(sites.map(({ id }) => id)).size).toBe(sites.length);
    expect(new Set(sites.map(({ place }) => place)).size).toBe(sites.length);
  });

  test.each(['process', 'mount'] as const)(
    'are not taken for one that ended before it was looked at, whose number the kernel has given out again, kept by a %s',
    async (by) => {
      const { find, first, another } = await succeeded(by);
      const second = await find(another);
      expect(second?.place).toBe(placeOf(another));
      expect(second?.id).not.toBe(first?.id);
      expect(await find(another)).toBe(second);
      const inode = second?.namespace.within(loadLibc(), () => statSync('/proc/thread-self/ns/net').ino);
      expect(inode).toBe(another.inode);
    },
  );

  const placeOf = ({ name, pid }: TestNamespace) => (pid === null ? `netns:${name}` : `pid:${pid}`);

  /** Makes a namespace, finds it and ends it; then makes another one that gets the same inode. */
  async function succeeded(by: 'process' | 'mount') {
    for (;;) {
      // A new place each time: an inode that belonged to somebody else's namespace may be given out again too.
      const all = new AllNamespaces(nameContainer);
      const find = async (one: TestNamespace) =>
        (await all.find()).find(({ place }) => place === placeOf(one));
      const one = await namespaces.makeOne('brief', [tcp(80)], by);
      const first = await find(one);
      expect(first?.id).toBe(`net:[${one.inode}]`);
      await namespaces.end('brief');
      expect(() => first?.namespace.within(loadLibc(), () => 'in')).toThrow(/can't be entered/);
      const another = await makeWithNumber(one.inode, by);
      if (another !== undefined) return { find, first, another };
    }
  }

  /**
   * Makes namespaces until one has this inode, and keeps them meanwhile: the kernel gives out the lowest free inode.
   * Undefined if somebody else on this machine has got it.
   */
  async function makeWithNumber(inode: number, by: 'process' | 'mount'): Promise<TestNamespace | undefined> {
    const kept: string[] = [];
    const deadline = performance.now() + 2000;
    try {
      while (performance.now() < deadline) {
        const name = `next${kept.length}`;
        const next = await namespaces.makeOne(name, [tcp(81)], by);
        if (next.inode === inode) return next;
        kept.push(name);
      }
      return undefined;
    } finally {
      await namespaces.end(...kept);
    }
  }

  test('are the same objects under the same names for as long as they are there', async () => {
    const all = new AllNamespaces(nameContainer);
    const find = async () => (await all.find()).find(({ id }) => id === `net:[${made[0]?.inode}]`);
    const first = await find();
    expect(first?.pids).toEqual([]);
    // A process comes and the name goes: the place keeps its name.
    const child = spawn('nsenter', ['--net=/run/netns/blue', 'sleep', '60']);
    await vi.waitFor(async () => expect((await find())?.pids).toEqual([child.pid]), 60_000);
    rename('blue', 'azure');
    try {
      expect(await find()).toBe(first);
      expect(first?.place).toBe('netns:blue');
      const fresh = (await new AllNamespaces(nameContainer).find()).map(({ place }) => place);
      expect(fresh).toContain('netns:azure');
    } finally {
      rename('azure', 'blue');
      child.kill();
      await once(child, 'exit');
    }
    // The process has ended: the namespace is reached through its new mount.
    expect(await find()).toBe(first);
    expect(first?.pids).toEqual([]);
    expect(first?.namespace.pathOf('tcp')).toBe('/proc/thread-self/net/tcp');
  });

  test('are never two by one name', async () => {
    const sites = await new AllNamespaces(async () => 'docker:web').find();
    const names = sites.map(({ place }) => place);
    expect(new Set(names).size).toBe(names.length);
    // If a name is taken already, the second namespace is named after its inode.
    const all = new AllNamespaces(nameContainer);
    await all.find();
    await namespaces.makeOne('white', []);
    await all.find();
    rename('white', 'black');
    const { inode } = await namespaces.makeOne('white', []);
    const second = (await all.find()).filter(({ id }) => id === `net:[${inode}]`);
    expect(second.map(({ place }) => place)).toEqual([`net:[${inode}]`]);
    await namespaces.end('white');
    rename('black', 'was-white');
    execFileSync('umount', ['/run/netns/was-white']);
  });

  test('are looked at in one call, each listener in its place', async () => {
    const { listeners, places } = await listListeners({ in: 'all' });
    const ours = listeners.filter(({ place }) =>
      ['netns:blue', 'netns:green', `pid:${red()}`].includes(place),
    );
    expect(ours.map(({ place, port, processes }) => [place, port, processes?.map(({ pid }) => pid)])).toEqual(
      [
        ['netns:blue', 80, [namespaces.pid]],
        ['netns:green', 80, [namespaces.pid]],
        [`pid:${red()}`, 80, [red()]],
      ],
    );
    expect(places.find(({ place }) => place === 'netns:blue')).toMatchObject({
      source: 'netlink',
      reason: null,
    });
  });

  test('are followed as they come and go, each with an event', async () => {
    await using monitor = new PortMonitor({ in: 'all' });
    const told = recordEvents(monitor);
    await monitor.start();
    expect(monitor.listeners().map(({ place }) => place)).toContain('netns:green');
    const names = new Set(['netns:new', 'netns:green', `pid:${red()}`]);
    const ours = () => told.filter(({ place }) => names.has(place)).map(brief);
    await namespaces.makeOne('new', [tcp(80)]);
    await vi.waitFor(() => expect(ours()).toEqual(['netns:new appeared', 'netns:new opened 80']), 60_000);
    await namespaces.open('green', tcp(8080));
    await vi.waitFor(() => expect(ours().at(-1)).toBe('netns:green opened 8080'), 60_000);
    await namespaces.close('green', 8080);
    await vi.waitFor(() => expect(ours().at(-1)).toBe('netns:green closed 8080'), 60_000);
    await namespaces.end('new');
    await vi.waitFor(
      () => expect(ours().slice(-2)).toEqual(['netns:new closed 80', 'netns:new gone']),
      60_000,
    );
    expect(ours()).toHaveLength(6);
  });
});
