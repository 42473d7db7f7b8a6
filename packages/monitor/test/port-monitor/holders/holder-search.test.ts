import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Listener } from '../../../src/index.js';
import { listenerKey } from '../../../src/listener.js';
import { attachProcesses } from '../../../src/places/attach-processes.js';
import { selfSite } from '../../../src/places/self-place.js';
import { SiteReader } from '../../../src/places/site-reader.js';
import { HolderSearch } from '../../../src/port-monitor/holders/holder-search.js';
import { IgnoredHolders } from '../../../src/port-monitor/holders/ignored-holders.js';
import type { Opener } from '../../../src/processes/holders/opener.js';
import type { Process } from '../../../src/processes/process.js';
import { readProcess } from '../../../src/processes/read-process.js';
import { listenerAt } from '../listener-at.js';

vi.mock('../../../src/places/attach-processes.js');

const NO_OPENERS = new Map<string, Opener>();
const THIS_PROCESS = readProcess(process.pid) as Process;

/** Those that neither ended nor were given up, as on a machine with a million descriptors. */
const underWay = new Set<number>();
/** Those that are told when the search for their holders is over. */
const heldBack: Listener[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  underWay.clear();
  heldBack.length = 0;
  vi.mocked(attachProcesses).mockImplementation(([listener], { signal } = {}) => {
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

function searchUntil(
  signal: AbortSignal,
  onLate: (listeners: readonly Listener[]) => undefined = () => undefined,
  { processes = true, ignored = new IgnoredHolders() } = {},
): HolderSearch {
  const reader = new SiteReader(selfSite(), { processes });
  const learn = (late: () => readonly Listener[]): undefined => onLate(late());
  return new HolderSearch({
    reader,
    ignored,
    signal,
    open: {
      all: () => [],
      renamed: () => undefined,
      isOpen: () => true,
      holdBack: (listeners) => void heldBack.push(...listeners),
      learn,
      learnNothing: () => undefined,
    },
    looks: { ring: () => undefined },
  });
}

test('searches that take too long do not become ever more, and end with the monitor', async () => {
  const end = new AbortController();
  const search = searchUntil(end.signal);
  for (let port = 1; port <= 20; port++) {
    const found = search.findSoon([listenerAt(port)], NO_OPENERS);
    await vi.advanceTimersByTimeAsync(100);
    expect(await found).toEqual([]);
  }
  expect([...underWay]).toEqual([1]);
  expect(heldBack).toHaveLength(20);
  end.abort();
  expect(underWay.size).toBe(0);
});

test('a search that fails is tried again, and its listeners are told late', async () => {
  const one = [listenerAt(1)];
  vi.mocked(attachProcesses).mockRejectedValueOnce(new Error('EMFILE'));
  const found = { ...listenerAt(1), processes: [THIS_PROCESS] };
  const onLate = vi.fn();
  const search = searchUntil(new AbortController().signal, onLate);
  expect(await search.find(one)).toEqual(one);
  vi.mocked(attachProcesses).mockResolvedValue([found]);
  await vi.advanceTimersByTimeAsync(100);
  expect(onLate.mock.calls).toEqual([[[found]]]);
  vi.mocked(attachProcesses).mockRejectedValueOnce(new Error('EMFILE'));
  await expect(search.findSoon(one, NO_OPENERS)).rejects.toThrow('EMFILE');
  await vi.advanceTimersByTimeAsync(100);
  expect(onLate).toHaveBeenCalledTimes(2);
});

test('what closed before its holders were found has the one who opened it, if that is known, and is left out else', async () => {
  const listeners = [listenerAt(1), listenerAt(2), listenerAt(3)];
  const held = { ...listenerAt(3), processes: [THIS_PROCESS] };
  const unheld = listeners.slice(0, 2).map((listener) => ({ ...listener, processes: [] }));
  vi.mocked(attachProcesses).mockResolvedValue([...unheld, held]);
  const search = searchUntil(new AbortController().signal);
  const openers = new Map([[listenerKey(listenerAt(2)), { pid: process.pid }]]);
  const found = await search.findSoon(listeners, openers);
  expect(found.map(({ port, processes }) => [port, processes?.map(({ pid }) => pid)])).toEqual([
    [3, [process.pid]],
    [2, [process.pid]],
  ]);
});

test('what this process opened and closed between two looks is its own, though processes are not searched for', () => {
  const ignored = new IgnoredHolders();
  const search = searchUntil(new AbortController().signal, undefined, { processes: false, ignored });
  const pids = [process.pid, 1, process.pid];
  const opened = pids.map((pid, i) => ({ endpoint: listenerAt(i), pid }));
  expect(search.listenersOf(opened).map((each) => ignored.has(each))).toEqual([true, false, true]);
});
