import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PortMonitor } from '../../dist/index.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { lookAtPlace } from './look-at-place.js';
import { enterMountNamespace } from './mount-namespace.js';
import { type Namespaces, startNamespaces, tcp } from './namespaces.js';
import { brief, recordEvents } from './recorded-events.js';

const QUIET = { doorbell: 'clock', intervalMs: 1e6, processes: false } as const;

describe.skipIf(!MAY_MAKE_NAMESPACES)('a place by its name for ip netns', () => {
  let namespaces: Namespaces;

  beforeAll(async () => {
    enterTestNamespace();
    enterMountNamespace();
    namespaces = await startNamespaces();
  });
  afterAll(() => namespaces[Symbol.asyncDispose]());

  test.each([{ sources: ['netlink'] }, { sources: ['proc'] }] as const)(
    'that is made again is another one, with $sources',
    async ({ sources }) => {
      await namespaces.makeOne('again', [tcp(80)]);
      await using monitor = new PortMonitor({ ...QUIET, sources, in: 'netns:again' });
      await monitor.start();
      expect(monitor.listeners().map(({ port }) => port)).toEqual([80]);
      const told = recordEvents(monitor);
      // Both happen between two searches for the place's site.
      await namespaces.end('again');
      await namespaces.makeOne('again', [tcp(81), tcp(82)]);
      const found = await monitor.refresh();
      // The monitor's clock may have told the first events already.
      expect(told.slice(told.length - found.length)).toEqual(found);
      expect(told.map(brief)).toEqual([
        'netns:again closed 80',
        'netns:again gone',
        'netns:again appeared',
        'netns:again opened 81',
        'netns:again opened 82',
      ]);
      expect(monitor.listeners().map(({ port }) => port)).toEqual([81, 82]);
      await namespaces.end('again');
      await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ type: 'place', state: 'gone' }), 60_000);
      expect(told.at(-1)).toMatchObject({ reason: expect.stringContaining('/run/netns/again') });
      // The namespace may come back much later.
      await namespaces.makeOne('again', [tcp(83)]);
      await vi.waitFor(() => expect(told.map(brief).at(-1)).toBe('netns:again opened 83'), 60_000);
      await namespaces.end('again');
    },
  );

  test.each(['netlink', 'proc'] as const)(
    'is not kept alive by a monitor that watches it through %s',
    async (source) => {
      await namespaces.makeOne('mortal', [tcp(80)]);
      // The kernel removes `near` when the namespace of `far` ends, and not before.
      execFileSync('ip', ['link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far', 'netns', 'mortal']);
      await using monitor = new PortMonitor({ in: 'netns:mortal', sources: [source], processes: false });
      await monitor.start();
      await using many = new PortMonitor({ in: 'all', sources: [source], processes: false });
      await many.start();
      expect(many.listeners().filter(({ place }) => place === 'netns:mortal')).toHaveLength(1);
      const links = () => execFileSync('ip', ['-br', 'link'], { encoding: 'utf8' });
      expect(links()).toContain('near');
      await namespaces.end('mortal');
      await vi.waitFor(() => expect(links()).not.toContain('near'), { timeout: 60_000, interval: 100 });
    },
  );

  test('may be a path, and is told what is wrong with it', async () => {
    await expect(new PortMonitor({ in: 'netns:/proc/self/status' }).start()).rejects.toThrow(
      /that is no network namespace/,
    );
    await expect(new PortMonitor({ in: 'netns:/proc/self/ns/uts' }).start()).rejects.toThrow(
      /that is no network namespace/,
    );
    await using current = new PortMonitor({ ...QUIET, in: 'netns:/proc/self/ns/net' });
    await current.start();
    expect(current.source).toBe('netlink');
  });

  test('costs no event when it is looked at as two places', async () => {
    const { pid } = await namespaces.makeOne('twice', [tcp(80)], 'process');
    await using monitor = new PortMonitor({ ...QUIET, in: [`pid:${pid}`, `netns:/proc/${pid}/ns/net`] });
    await monitor.start();
    await namespaces.makeOne('other', [tcp(90)]);
    const told = recordEvents(monitor);
    await namespaces.end('twice');
    await vi.waitFor(() => expect(told.filter(({ type }) => type === 'place')).toHaveLength(2), 60_000);
    expect(told.filter(({ type }) => type === 'closed')).toHaveLength(2);
    await namespaces.end('other');
  });

  test.each([
    ['a pipe', 'mkfifo'],
    ['a file', 'touch'],
    ['a folder', 'mkdir'],
  ])('that leads to %s is told to be none, and is not waited for', (_, make) => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-no-netns-'));
    execFileSync(make, [join(folder, 'it')]);
    const told = lookAtPlace(`netns:${folder}/it`);
    rmSync(folder, { recursive: true });
    expect(told).toBe(`ERR_PORTOLAN_PLACE netns:${folder}/it: that is no network namespace`);
  });

  test('that leads to a device is told to be none', () => {
    expect(lookAtPlace('netns:/dev/zero')).toContain('netns:/dev/zero: that is no network namespace');
  });
});
