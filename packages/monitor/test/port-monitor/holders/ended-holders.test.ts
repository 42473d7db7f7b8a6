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
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
