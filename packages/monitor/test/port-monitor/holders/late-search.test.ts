import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Listener } from '../../../src/index.js';
import { LateSearch } from '../../../src/port-monitor/holders/late-search.js';
import type { Opener } from '../../../src/processes/holders/opener.js';
import { listenerAt as at } from '../listener-at.js';

const LONG_MS = 10_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what comes while a search goes on is searched for at once after it', async () => {
  const { late, searched, found } = lateSearch();
  const first = deferred();
  expect(late.adopt(first.promise, [at(9)])).toBe(true);
  late.add([at(1)], [{ pid: 10 }]);
  late.add([at(2)], [{ pid: 20 }]);
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(searched).not.toHaveBeenCalled();
  first.resolve([at(9)]);
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(searched.mock.calls).toEqual([
    [
      [at(1), at(2)],
      [{ pid: 10 }, { pid: 20 }],
    ],
  ]);
  expect(found.mock.calls).toEqual([[[at(9)]], [[at(1), at(2)]]]);
});

test('a second search is not taken on while one goes on, nor while one is to begin', async () => {
  const { late } = lateSearch();
  const first = deferred();
  late.adopt(first.promise, [at(9)]);
  expect(late.adopt(Promise.resolve([]), [])).toBe(false);
  late.add([at(1)], []);
  first.resolve([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(late.adopt(Promise.resolve([]), [])).toBe(false);
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(late.adopt(Promise.resolve([]), [])).toBe(true);
});

test('what could not be searched for is tried again, each time later, and not in place of what is newer', async () => {
  const { late, searched, found, failed } = lateSearch();
  searched.mockRejectedValueOnce(new Error('EMFILE')).mockRejectedValueOnce(new Error('EMFILE'));
  late.add([at(1), at(2, 5)], []);
  await vi.advanceTimersByTimeAsync(100);
  late.add([at(2, 6)], []);
  await vi.advanceTimersByTimeAsync(200);
  expect(searched).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(400);
  expect(searched.mock.calls.at(-1)).toEqual([[at(1), at(2, 6)], []]);
  expect(failed.mock.calls).toEqual([[[at(1), at(2, 5)]], [[at(1), at(2, 6)]]]);
  expect(found).toHaveBeenCalledOnce();
});

test('what closed meanwhile is not searched for, and an endpoint only as it was last', async () => {
  const { late, searched } = lateSearch(({ port }) => port !== 1);
  late.add([at(1), at(2, 5)], []);
  late.add([at(2, 6)], []);
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(searched.mock.calls).toEqual([[[at(2, 6)], []]]);
});

function lateSearch(isOpen: (listener: Listener) => boolean = () => true) {
  const searched = vi.fn(async (listeners: readonly Listener[], _openers: readonly Opener[]) => listeners);
  const found = vi.fn();
  const failed = vi.fn();
  const { signal } = new AbortController();
  const late = new LateSearch({ find: searched, isOpen, onFound: found, onFailed: failed, signal });
  return { late, searched, found, failed };
}

function deferred() {
  let resolve: (listeners: readonly Listener[]) => void = () => undefined;
  const promise = new Promise<readonly Listener[]>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
