import { afterEach, describe, expect, test, vi } from 'vitest';
import { OpenListeners } from '../../../src/port-monitor/reporting/open-listeners.js';
import { listenerAt } from '../listener-at.js';

describe('what is open and what of it was told', () => {
  const told: string[] = [];
  const wanted = new Set<number | null>();
  const listeners = new OpenListeners({
    settleMs: 1e6,
    persistent: false,
    filter: {},
    ignored: { has: ({ sockets }) => !sockets.some(({ inode }) => wanted.has(inode)) },
    attachOwners: (listeners) => listeners,
    events: { publish: ({ type }) => void told.push(type) },
    looks: { ring: vi.fn() },
  });
  afterEach(() => listeners.stop());

  test('is not told to close where it came to be wanted after the start, and closed before it settled', () => {
    wanted.add(2);
    listeners.addInitial([listenerAt(8080, 1)]);
    listeners.note([listenerAt(8080, 2)], performance.now());
    listeners.settle();
    listeners.forget([listenerAt(8080, 2)]);
    expect(told).toEqual([]);
  });
});
