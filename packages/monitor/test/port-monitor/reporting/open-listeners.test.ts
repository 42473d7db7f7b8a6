import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OpenListeners } from '../../../src/port-monitor/reporting/open-listeners.js';
import { brief } from '../asked-monitor.js';
import { listenerAt } from '../listener-at.js';

describe('what is open and what of it was told', () => {
  const told: string[] = [];
  /** The inodes of sockets whose holders are not left out. */
  const wanted = new Set<number | null>();
  let listeners: OpenListeners;

  function openListeners(settleMs = 0): OpenListeners {
    return new OpenListeners({
      settleMs,
      persistent: false,
      filter: {},
      ignored: { has: ({ sockets }) => !sockets.some(({ inode }) => wanted.has(inode)) },
      attachOwners: (listeners) => listeners,
      events: { publish: (body) => void told.push(brief(body as never)) },
      looks: { ring: vi.fn() },
    });
  }

  beforeEach(() => {
    told.length = 0;
    wanted.clear();
    wanted.add(1).add(2);
    listeners = openListeners();
  });
  afterEach(() => listeners.stop());

  test('is not told to close where it came to be wanted after the start, and closed before it settled', () => {
    wanted.delete(1);
    listeners = openListeners(1e6);
    listeners.addInitial([listenerAt(8080, 1)]);
    listeners.note([listenerAt(8080, 2)], performance.now());
    listeners.settle();
    listeners.forget([listenerAt(8080, 2)]);
    expect(told).toEqual([]);
  });

  test('is told, and shown, only when its holders are known, however late', () => {
    listeners.holdBack([listenerAt(8080, 1), listenerAt(8081, 3)], performance.now());
    listeners.settle();
    expect(listeners.listeners()).toEqual([]);
    expect(listeners.isOpen(listenerAt(8080, 1))).toBe(true);
    expect(told).toEqual([]);
    listeners.learn(() => [
      { ...listenerAt(8080, 1), processes: [] },
      { ...listenerAt(8081, 3), processes: [] },
    ]);
    expect(told).toEqual(['opened 8080']);
    expect(listeners.listeners()).toMatchObject([{ port: 8080, processes: [] }]);
  });

  test('is told without holders if the search for them failed', () => {
    listeners.holdBack([listenerAt(8080, 1)], performance.now());
    listeners.learnNothing([listenerAt(8080, 1), listenerAt(8081, 2)]);
    expect(told).toEqual(['opened 8080']);
  });

  test('is not told at all if it closed before its holders were known', () => {
    listeners.holdBack([listenerAt(8080, 1)], performance.now());
    listeners.forget([listenerAt(8080, 1)]);
    listeners.learn(() => [{ ...listenerAt(8080, 1), processes: [] }]);
    expect(told).toEqual([]);
    expect(listeners.isOpen(listenerAt(8080, 1))).toBe(false);
  });

  test('stays as it was told until the holders of its new sockets are known', () => {
    listeners.addInitial([listenerAt(8080, 1)]);
    listeners.holdBack([listenerAt(8080, 2)], performance.now());
    listeners.learn(() => [{ ...listenerAt(8080, 1), processes: [] }]);
    expect(listeners.listeners()).toEqual([listenerAt(8080, 1)]);
    expect(told).toEqual([]);
    listeners.learn(() => [listenerAt(8080, 2)]);
    expect(told).toEqual(['changed 8080']);
    listeners.holdBack([listenerAt(8080, 3)], performance.now());
    listeners.learn(() => [listenerAt(8080, 3)]);
    expect(told).toEqual(['changed 8080', 'closed 8080']);
  });
});
