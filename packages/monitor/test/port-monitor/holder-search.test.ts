import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { processFinder } from '../../src/places/process-finder.js';
import { selfSite } from '../../src/places/self-place.js';
import { HolderSearch } from '../../src/port-monitor/holder-search.js';
import { attachProcesses } from '../../src/processes/attach-processes.js';
import { listenerAt } from './listener-at.js';

vi.mock('../../src/processes/attach-processes.js');

const NO_OPENERS = new Map<string, number>();

/** Those that neither ended nor were given up, as on a machine with a million descriptors. */
const underWay = new Set<number>();

beforeEach(() => {
  vi.useFakeTimers();
  underWay.clear();
  vi.mocked(attachProcesses).mockImplementation(([listener], _likely, signal) => {
    const port = listener?.port ?? 0;
    underWay.add(port);
    return new Promise((_, reject) =>
      signal?.addEventListener('abort', () => {
        underWay.delete(port);
        reject(signal.reason);
      }),
    );
  });
});
afterEach(() => void vi.useRealTimers());

function searchUntil(signal: AbortSignal): HolderSearch {
  return new HolderSearch({
    enabled: true,
    finder: processFinder(selfSite()),
    signal,
    isOpen: () => true,
    onLate: () => undefined,
  });
}

test('searches that take too long do not become ever more, and end with the monitor', async () => {
  const end = new AbortController();
  const search = searchUntil(end.signal);
  for (let port = 1; port <= 20; port++) {
    const found = search.findSoon([listenerAt(port)], NO_OPENERS);
    await vi.advanceTimersByTimeAsync(100);
    expect(await found).toEqual([listenerAt(port)]);
  }
  expect([...underWay]).toEqual([1]);
  end.abort();
  expect(underWay.size).toBe(0);
});

test('a search that fails leaves the listeners as they are', async () => {
  vi.mocked(attachProcesses).mockRejectedValue(new Error('EMFILE'));
  const search = searchUntil(new AbortController().signal);
  expect(await search.find([listenerAt(1)])).toEqual([listenerAt(1)]);
  expect(await search.findSoon([listenerAt(1)], NO_OPENERS)).toEqual([listenerAt(1)]);
});
