import { beforeAll, describe, expect, test } from 'vitest';
import type { PortEvent } from '../../src/index.js';
import { openSocket } from '../test-namespace/native-socket.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { askedMonitor, brief, look } from './asked-monitor.js';
import { listenerProcess } from './listener-process.js';

describe.skipIf(!MAY_MAKE_NAMESPACES)('a monitor', () => {
  beforeAll(enterTestNamespace);

  test('leaves out its own sockets, and processes with PORTOLAN_IGNORE=1', async () => {
    await using shy = await listenerProcess({ PORTOLAN_IGNORE: '1' });
    await using other = await listenerProcess({ PORTOLAN_IGNORE: '10' });
    await using monitor = await askedMonitor();
    using _own = openSocket({
      protocol: 'tcp',
      family: 4,
      address: '127.0.0.1',
      port: 8080,
      backlog: 16,
    });
    await shy.open(8081);
    await other.open(8082);
    expect(await look(monitor)).toEqual(['opened 8082']);
    expect(monitor.listeners().map(({ port }) => port)).toEqual([8082]);
    await shy.close(8081);
    expect(await look(monitor)).toEqual([]);
  });

  test('leaves out its own sockets where it does not look for processes', async () => {
    await using master = await listenerProcess();
    using _before = openSocket({ protocol: 'udp', family: 4, address: '127.0.0.1', port: 5353 });
    await master.open(8080);
    await using monitor = await askedMonitor({ processes: false });
    using _after = openSocket({ protocol: 'tcp', family: 6, address: '::1', port: 8081, backlog: 16 });
    await master.open(8082);
    expect(await look(monitor)).toEqual(['opened 8082']);
    expect(monitor.listeners().map(({ port }) => port)).toEqual([8080, 8082]);
  });

  test('tells only of what passes its filter', async () => {
    await using master = await listenerProcess();
    await using monitor = await askedMonitor({
      filter: { protocols: ['tcp'], ports: [{ from: 8000, to: 8099 }], loopback: true },
    });
    for (const port of [7999, 8000, 8099, 8100]) await master.open(port);
    expect(await look(monitor)).toEqual(['opened 8000', 'opened 8099']);
    for (const port of [7999, 8000]) await master.close(port);
    expect(await look(monitor)).toEqual(['closed 8000']);
  });

  test('filters by the name of the process', async () => {
    await using master = await listenerProcess();
    await using monitor = await askedMonitor({ filter: { processes: ['nobody-is-called-so'] } });
    await master.open(8080);
    expect(await look(monitor)).toEqual([]);
    expect(monitor.listeners()).toEqual([]);
  });

  test('reports only what stays open for as long as it was told, and then by itself', async () => {
    await using master = await listenerProcess();
    await using monitor = await askedMonitor({ settleMs: 150, processes: false });
    await master.open(8080);
    expect(await look(monitor)).toEqual([]);
    await master.close(8080);
    expect(await look(monitor)).toEqual([]);
    const opened = new Promise<PortEvent>((resolve) => monitor.once('opened', resolve));
    await master.open(8081);
    const since = performance.now();
    expect(await look(monitor)).toEqual([]);
    expect(brief(await opened)).toBe('opened 8081');
    expect(performance.now() - since).toBeGreaterThan(145);
    await master.close(8081);
    expect(await look(monitor)).toEqual(['closed 8081']);
    expect(monitor.recentEvents().events.map(brief)).toEqual(['opened 8081', 'closed 8081']);
  });

  test('begins for a reader with what it reported, and not with what is yet to settle', async () => {
    await using master = await listenerProcess();
    await master.open(7000);
    await using monitor = await askedMonitor({ settleMs: 1000, processes: false });
    await master.open(7001);
    await master.open(7002);
    expect(await look(monitor)).toEqual([]);
    const stream = monitor.events({ initial: true });
    expect(monitor.listeners().map(({ port }) => port)).toEqual([7000, 7001, 7002]);
    await master.close(7002);
    expect(await look(monitor)).toEqual([]);
    await new Promise((resolve) => monitor.once('opened', resolve));
    await master.close(7001);
    await monitor.refresh();
    await monitor.stop();
    const read: unknown[] = [];
    for await (const event of stream) read.push([brief(event as PortEvent), 'initial' in event]);
    expect(read).toEqual([
      ['opened 7000', true],
      ['opened 7001', false],
      ['closed 7001', false],
    ]);
  });
});
