import { afterEach, expect, test, vi } from 'vitest';
import { PortMonitor } from '../../src/index.js';
import { createSources } from '../../src/sources/create-sources.js';
import type { Source } from '../../src/sources/source.js';
import { SourceError } from '../../src/sources/source-error.js';

vi.mock('../../src/sources/create-sources.js');

afterEach(() => vi.useRealTimers());

test('a monitor whose only source fails and comes back says both, once each', async () => {
  let works = true;
  const answer = { listeners: [], skipped: 0 };
  const source: Source = {
    name: 'proc',
    look() {
      if (works) return answer;
      throw new SourceError('proc', 'broken for a test');
    },
    close: () => undefined,
  };
  vi.mocked(createSources).mockReturnValue([source]);
  await using monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 1e6, processes: false });
  await monitor.start();
  works = false;
  expect(await monitor.refresh()).toMatchObject([
    { type: 'error', error: { code: 'ERR_PORTOLAN_NO_SOURCE' } },
  ]);
  expect(await monitor.refresh()).toEqual([]);
  works = true;
  expect(await monitor.refresh()).toMatchObject([
    { type: 'source', source: 'proc', previous: 'proc', reason: 'proc works again' },
  ]);
  expect(await monitor.refresh()).toEqual([]);
});
