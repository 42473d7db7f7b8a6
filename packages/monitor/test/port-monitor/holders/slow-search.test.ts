import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { PortEvent } from '../../../src/index.js';
import { attachProcesses } from '../../../src/places/attach-processes.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';
import { askedMonitor, brief } from '../asked-monitor.js';
import { listenerProcess } from '../listener-process.js';

vi.mock('../../../src/places/attach-processes.js', { spy: true });

/** Longer than a look waits for a search. */
const SLOW_MS = 500;

/** The searches that begin now take long, as on a machine with a million descriptors. */
async function slowSearches(): Promise<void> {
  const { attachProcesses: search } = await vi.importActual<{ attachProcesses: typeof attachProcesses }>(
    '../../../src/places/attach-processes.js',
  );
  vi.mocked(attachProcesses).mockImplementation(async (listeners, options) => {
    await sleep(SLOW_MS);
    return search(listeners, options);
  });
}

describe.skipIf(!MAY_MAKE_NAMESPACES)('a monitor whose search for processes takes long', () => {
  beforeAll(enterTestNamespace);

  test('tells nothing of a process with PORTOLAN_IGNORE=1, and of others later', async () => {
    await using shy = await listenerProcess({ PORTOLAN_IGNORE: '1' });
    await using other = await listenerProcess();
    await using monitor = await askedMonitor({ intervalMs: 20 });
    await slowSearches();
    const opened = new Promise<PortEvent>((resolve) => monitor.once('opened', resolve));
    await shy.open(8081);
    await other.open(8082);
    await sleep(SLOW_MS / 2);
    expect(monitor.listeners()).toEqual([]);
    expect(await opened).toMatchObject({ listener: { port: 8082, processes: [{ pid: other.pid }] } });
    await shy.open(8083);
    await other.open(8084);
    await monitor.refresh();
    await shy.close(8081);
    await other.close(8082);
    await monitor.refresh();
    expect(monitor.recentEvents().events.map(brief)).toEqual(['opened 8082', 'opened 8084', 'closed 8082']);
    expect(monitor.listeners()).toMatchObject([{ port: 8084, processes: [{ pid: other.pid }] }]);
  });

  test('tells nothing of what closes before its process is found', async () => {
    await using shy = await listenerProcess({ PORTOLAN_IGNORE: '1' });
    await using monitor = await askedMonitor();
    await slowSearches();
    await shy.open(8086);
    const refreshed = monitor.refresh();
    await sleep(SLOW_MS / 2);
    await shy.close(8086);
    expect(await refreshed).toEqual([]);
    expect(await monitor.refresh()).toEqual([]);
  });

  test('tells whoever asks for a look each event once, when its processes are known', async () => {
    await using master = await listenerProcess();
    await using monitor = await askedMonitor();
    await slowSearches();
    await master.open(8085);
    const events = await monitor.refresh();
    expect(events).toMatchObject([
      { type: 'opened', listener: { port: 8085, processes: [{ pid: master.pid }] } },
    ]);
  });
});
