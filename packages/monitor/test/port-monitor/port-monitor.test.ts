import { beforeAll, describe, expect, test } from 'vitest';
import { type PortEvent, PortMonitor } from '../../src/index.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { askedMonitor, brief, look } from './asked-monitor.js';
import { listenerProcess } from './listener-process.js';

describe.skipIf(!MAY_MAKE_NAMESPACES)('a monitor', () => {
  beforeAll(enterTestNamespace);

  test('tells what opened and what closed, once each, with the process behind it', async () => {
    await using master = await listenerProcess();
    await using monitor = await askedMonitor();
    await master.open(8080);
    const [opened, ...others] = await monitor.refresh();
    expect(others).toEqual([]);
    expect(opened).toMatchObject({
      type: 'opened',
      sequence: 1,
      at: expect.any(Date),
      listener: { port: 8080, processes: [{ pid: master.pid, name: expect.stringContaining('python') }] },
    });
    expect(await look(monitor)).toEqual([]);
    await master.close(8080);
    expect(await monitor.refresh()).toMatchObject([
      {
        type: 'closed',
        sequence: 2,
        openMs: expect.any(Number),
        listener: { processes: [{ pid: master.pid }] },
      },
    ]);
    expect(await look(monitor)).toEqual([]);
  });

  test('knows what is there at the start, and does not call it an event', async () => {
    await using master = await listenerProcess();
    await master.open(8080);
    await using monitor = await askedMonitor();
    expect(monitor.listeners()).toMatchObject([{ port: 8080, processes: [{ pid: master.pid }] }]);
    expect(monitor.recentEvents()).toEqual({ events: [], missed: false });
    const stream = monitor.events({ initial: true });
    expect((await stream.next()).value).toMatchObject({ type: 'opened', initial: true, sequence: 0 });
    await master.close(8080);
    expect(await look(monitor)).toEqual(['closed 8080']);
    expect((await stream.next()).value).toMatchObject({ type: 'closed', sequence: 1 });
  });

  test('tells that another process took a port over between two looks', async () => {
    await using first = await listenerProcess();
    await using second = await listenerProcess();
    await first.open(8080);
    await using monitor = await askedMonitor();
    await first.close(8080);
    await second.open(8080);
    expect(await monitor.refresh()).toMatchObject([
      {
        type: 'changed',
        changes: ['sockets'],
        previous: { processes: [{ pid: first.pid }] },
        listener: { port: 8080, processes: [{ pid: second.pid }] },
      },
    ]);
  });

  test('sees by its clock what nobody rang for', async () => {
    await using master = await listenerProcess();
    await using monitor = await askedMonitor({ intervalMs: 20 });
    const stream = monitor.events();
    await master.open(8080);
    expect(brief((await stream.next()).value as PortEvent)).toBe('opened 8080');
    await master.close(8080);
    expect(brief((await stream.next()).value as PortEvent)).toBe('closed 8080');
  });

  test('gives a reader who comes late what is remembered, and says when that is not all', async () => {
    await using master = await listenerProcess();
    await using monitor = await askedMonitor({ history: 3 });
    for (const port of [1001, 1002, 1003, 1004, 1005]) {
      await master.open(port);
      await monitor.refresh();
    }
    expect(monitor.recentEvents(3)).toMatchObject({
      events: [{ sequence: 4 }, { sequence: 5 }],
      missed: false,
    });
    expect(monitor.recentEvents(1)).toMatchObject({ events: [{}, {}, {}], missed: true });
    const stream = monitor.events({ since: 0 });
    expect((await stream.next()).value).toMatchObject({
      type: 'missed',
      missed: true,
      count: 2,
      sequence: 2,
    });
    expect((await stream.next()).value).toMatchObject({ type: 'opened', sequence: 3 });
  });

  test('keeps what was open apart from the clock on the wall', async () => {
    await using master = await listenerProcess();
    await using monitor = await askedMonitor();
    await master.open(8080);
    await monitor.refresh();
    const { now } = Date;
    Date.now = () => now() - 3_600_000;
    try {
      await master.close(8080);
      const [closed] = await monitor.refresh();
      expect(closed?.sequence).toBe(2);
      expect(closed?.type === 'closed' && closed.openMs >= 0 && closed.openMs < 60_000).toBe(true);
    } finally {
      Date.now = now;
    }
  });

  test('names its source and its doorbell', async () => {
    await using monitor = new PortMonitor({ sources: ['proc'], doorbell: 'destroy' });
    expect([monitor.source, monitor.doorbell]).toEqual([undefined, undefined]);
    await monitor.start();
    expect([monitor.source, monitor.doorbell]).toEqual(['proc', 'destroy']);
    await monitor.stop();
    expect(monitor.doorbell).toBeUndefined();
  });
});
