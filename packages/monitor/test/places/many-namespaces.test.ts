import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PortEvent, PortMonitor } from '../../dist/index.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { scaled } from '../test-size.js';
import { enterMountNamespace } from './mount-namespace.js';
import {
  type NamespacePlan,
  type Namespaces,
  type SocketPlan,
  startNamespaces,
  type TestNamespace,
  tcp,
} from './namespaces.js';
import { recordEvents } from './recorded-events.js';

const COUNT = scaled(500);
const STEPS = 20;
/** How many namespaces are ended, and how many are made, in each step. */
const CHANGES = 5;

describe.skipIf(!MAY_MAKE_NAMESPACES)(`${COUNT} network namespaces that come and go`, () => {
  let namespaces: Namespaces;
  let count = 0;
  /** The namespaces that are there now, by the name of their place. */
  const there = new Map<string, TestNamespace>();
  /** The names of all places that ever were there. */
  const places = new Set<string>();

  beforeAll(async () => {
    enterTestNamespace();
    enterMountNamespace();
    namespaces = await startNamespaces();
  });
  afterAll(() => namespaces[Symbol.asyncDispose]());

  /** Each namespace has five listeners. Every tenth namespace is kept by a process. */
  function nextPlan(): NamespacePlan {
    const number = count++;
    const sockets: SocketPlan[] = [
      tcp(80),
      tcp(1024 + number, '0.0.0.0'),
      { protocol: 'tcp', family: 6, address: '::', port: 443 },
      { protocol: 'udp', family: 4, address: '0.0.0.0', port: 53 },
      { protocol: 'udp', family: 6, address: '::', port: 1024 + number },
    ];
    return { name: `many${number}`, by: number % 10 === 0 ? 'process' : 'mount', sockets };
  }

  async function make(number: number): Promise<void> {
    for (const made of await namespaces.make(Array.from({ length: number }, nextPlan))) {
      const place = made.pid === null ? `netns:${made.name}` : `pid:${made.pid}`;
      there.set(place, made);
      places.add(place);
    }
  }

  /** Ends namespaces of every age. */
  async function end(number: number): Promise<void> {
    const all = [...there];
    const ended = Array.from(
      { length: number },
      (_, i) => all[(i * 97 + count) % all.length] as (typeof all)[0],
    );
    const distinct = new Map(ended);
    for (const place of distinct.keys()) there.delete(place);
    await namespaces.end(...[...distinct.values()].map(({ name }) => name));
  }

  /** Each listener that is there now. The inode of its socket tells it from any other. */
  const truth = () =>
    [...there].flatMap(([place, { sockets }]) =>
      sockets.map(({ protocol, family, port, inode }) => `${place} ${protocol}${family} ${port} ${inode}`),
    );

  /** What the monitor shows at these places, and wherever else it shows one of their sockets. */
  function seen(monitor: PortMonitor): string[] {
    const inodes = new Set([...there.values()].flatMap(({ sockets }) => sockets.map(({ inode }) => inode)));
    return monitor
      .listeners()
      .filter(
        ({ place, sockets }) => places.has(place) || sockets.some(({ inode }) => inodes.has(inode ?? 0)),
      )
      .map(
        ({ place, protocol, family, port, sockets }) =>
          `${place} ${protocol}${family} ${port} ${sockets.map(({ inode }) => inode)}`,
      );
  }

  test('are exact at the end, with every event in its place, and leave no descriptor open', async () => {
    await make(COUNT);
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    const monitor = new PortMonitor({ in: 'all' });
    const all = recordEvents(monitor);
    const began = performance.now();
    await monitor.start();
    const startMs = performance.now() - began;
    const atStart = truth().sort();
    expect(seen(monitor).sort()).toEqual(atStart);
    const siteCount = () => new Set(monitor.listeners().map(({ place }) => place)).size;
    const holders = () =>
      monitor.listeners().flatMap(({ processes }) => processes?.map(({ pid }) => pid) ?? []);
    const holderCount = () => new Set(holders()).size;
    expect(descriptors() - before).toBeLessThan(siteCount() + holderCount() + 50);

    for (let step = 0; step < STEPS; step++) {
      await end(CHANGES);
      await make(CHANGES);
      if (step % 5 === 4) await monitor.refresh();
    }
    const refreshBegan = performance.now();
    await monitor.refresh();
    const refreshMs = performance.now() - refreshBegan;
    expect(seen(monitor).sort()).toEqual(truth().sort());
    expect(descriptors() - before).toBeLessThan(siteCount() + holderCount() + 50);
    await monitor.stop();
    // A search that was given up closes its directory in the next turn of the event loop.
    await expect.poll(descriptors).toBe(before);

    checkEvents(
      all.filter(({ place }) => places.has(place)),
      atStart,
    );
    console.log(
      `${COUNT} namespaces: start ${startMs.toFixed(0)} ms, last refresh ${refreshMs.toFixed(0)} ms, ${all.length} events`,
    );
  });

  /** The events must lead from what was there at the start to what is there at the end, step by step. */
  function checkEvents(events: readonly PortEvent[], atStart: readonly string[]): void {
    const present = new Set(atStart.map((text) => text.split(' ')[0]));
    const open = new Set(atStart);
    const wrong: string[] = [];
    for (const event of events) {
      if (event.type === 'place') {
        const isRight = event.state === 'appeared' ? !present.has(event.place) : present.delete(event.place);
        if (!isRight) wrong.push(`${event.place} ${event.state}`);
        if (event.state === 'appeared') present.add(event.place);
        else if ([...open].some((text) => text.startsWith(`${event.place} `)))
          wrong.push(`${event.place} is gone and has listeners`);
      } else if (event.type === 'opened' || event.type === 'closed') {
        const { place, protocol, family, port, sockets } = event.listener;
        const text = `${place} ${protocol}${family} ${port} ${sockets.map(({ inode }) => inode)}`;
        const isRight = event.type === 'opened' ? present.has(place) && !open.has(text) : open.delete(text);
        if (event.type === 'opened') open.add(text);
        if (!isRight) wrong.push(`${event.type} ${text}`);
      } else wrong.push(`${event.place} ${event.type}`);
    }
    expect(wrong).toEqual([]);
    expect([...open].sort()).toEqual(truth().sort());
  }
});
