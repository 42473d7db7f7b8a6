import { beforeAll, describe, expect, test } from 'vitest';
import type { ChangedEvent } from '../../../src/port-monitor/reporting/event.js';
import { startPython } from '../../processes/child.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { askedMonitor } from '../asked-monitor.js';

/** Leaves its listener to a child when it is signalled, as daemons do. */
const LEAVING = `
s = listen(7001)
def leave(*_):
    if os.fork() > 0: os._exit(0)
signal.signal(signal.SIGUSR1, leave)
say()
while True: signal.pause()
`;

const WORKERS = 300;

/** Forks workers that keep its listener, as fast as it can, when it is signalled. */
const FORKING = `
s = listen(7003)
def work(*_):
    for _ in range(${WORKERS}):
        if os.fork() == 0:
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
            while True: signal.pause()
signal.signal(signal.SIGUSR1, work)
say()
while True: signal.pause()
`;

describe.skipIf(!MAY_MAKE_NAMESPACES)('a monitor', () => {
  beforeAll(enterTestNamespace);

  test('tells who holds a listener when the one who opened it has ended', async () => {
    await using server = await startPython(LEAVING);
    await using monitor = await askedMonitor();
    expect(monitor.listeners()).toMatchObject([{ port: 7001, processes: [{ pid: server.pid }] }]);
    const changed = new Promise<ChangedEvent>((resolve) => monitor.once('changed', resolve));
    process.kill(server.pid, 'SIGUSR1');
    await expect.poll(() => isAlive(server.pid)).toBe(false);
    await monitor.refresh();
    const event = await changed;
    expect(event).toMatchObject({ changes: ['processes'], previous: { processes: [{ pid: server.pid }] } });
    expect(event.listener.processes).toHaveLength(1);
    expect(monitor.listeners()).toEqual([event.listener]);
  });

  test('knows all workers of a server, however many it forks at once', async () => {
    await using server = await startPython(FORKING);
    await using monitor = await askedMonitor();
    expect(monitor.listeners()).toMatchObject([{ port: 7003, processes: [{ pid: server.pid }] }]);
    process.kill(server.pid, 'SIGUSR1');
    const count = async () => {
      await monitor.refresh();
      return monitor.listeners()[0]?.processes?.length;
    };
    await expect.poll(count, { timeout: 60_000 }).toBe(WORKERS + 1);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
