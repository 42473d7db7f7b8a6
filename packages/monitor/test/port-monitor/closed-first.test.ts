import { beforeAll, describe, expect, test, vi } from 'vitest';
import { attachProcesses } from '../../src/places/attach-processes.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { askedMonitor } from './asked-monitor.js';
import { listenerProcess } from './listener-process.js';

vi.mock('../../src/places/attach-processes.js', async (importActual) => {
  const actual = await importActual<typeof import('../../src/places/attach-processes.js')>();
  return { ...actual, attachProcesses: vi.fn(actual.attachProcesses) };
});

describe.skipIf(!MAY_MAKE_NAMESPACES)('what closed', () => {
  beforeAll(enterTestNamespace);

  test('is told before anybody searches for the processes of what opened in the same look', async () => {
    await using master = await listenerProcess();
    await master.open(7001);
    await using monitor = await askedMonitor();
    const told: string[] = [];
    monitor.on('closed', ({ listener }) => told.push(`closed ${listener.port}`));
    monitor.on('opened', ({ listener }) => told.push(`opened ${listener.port}`));
    let atSearch: readonly string[] = [];
    vi.mocked(attachProcesses).mockImplementationOnce(async (listeners) => {
      atSearch = [...told];
      return [...listeners];
    });
    await master.close(7001);
    await master.open(7002);
    await monitor.refresh();
    expect(atSearch).toEqual(['closed 7001']);
    expect(told).toEqual(['closed 7001', 'opened 7002']);
  });
});
