import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareListeners, groupSockets, type Listener, listenerKey } from '../../src/listener.js';
import { difference, union } from '../../src/port-monitor/difference.js';
import { listenerAt, socketAt } from './listener-at.js';

const look = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(3)), { selector: ([port]) => port })
  .map((pairs) => pairs.map(([port, inode]) => listenerAt(port, inode)).sort(compareListeners));

const keys = (listeners: readonly Listener[]) => listeners.map(listenerKey);

describe('the difference of two looks', () => {
  test('is what opened, what closed, and what has other sockets', () => {
    fc.assert(
      fc.property(look, look, (before, after) => {
        const { opened, closed, replaced } = difference(before, after);
        const [old, now] = [new Map(before.map((l) => [l.port, l])), new Map(after.map((l) => [l.port, l]))];
        expect(keys(opened)).toEqual(keys(after.filter(({ port }) => !old.has(port))));
        expect(keys(closed)).toEqual(keys(before.filter(({ port }) => !now.has(port))));
        const others = after.filter(({ port, sockets }) => {
          const was = old.get(port);
          return was !== undefined && was.sockets[0]?.inode !== sockets[0]?.inode;
        });
        expect(replaced.map(({ after }) => after)).toEqual(others);
      }),
    );
  });

  test('is nothing between a look and itself', () => {
    fc.assert(
      fc.property(look, (same) => {
        expect(difference(same, structuredClone(same))).toEqual({ opened: [], closed: [], replaced: [] });
      }),
    );
  });

  test('is no change where a source does not know the inodes', () => {
    expect(difference([listenerAt(80, 5)], [listenerAt(80, null)]).replaced).toEqual([]);
  });

  test('tells by who was seen to hold it whether a port without inodes was taken over', () => {
    const held = (...pids: number[]) => {
      const [one] = groupSockets([{ ...socketAt(80, null), pids }]);
      return one === undefined ? [] : [one];
    };
    expect(difference(held(5), held(6)).replaced).toHaveLength(1);
    expect(difference(held(5, 6), held(7, 8)).replaced).toHaveLength(1);
    expect(difference(held(5), held(5, 6)).replaced).toEqual([]);
    expect(difference(held(5, 6), held(6)).replaced).toEqual([]);
    expect(difference(held(5), held()).replaced).toEqual([]);
  });

  test('sees one more socket on the same endpoint', () => {
    expect(difference([listenerAt(80, 5)], [listenerAt(80, 5, 6)]).replaced).toHaveLength(1);
  });
});

test('the union of two looks has what either saw, in order, the later look first', () => {
  fc.assert(
    fc.property(look, look, (earlier, later) => {
      const both = union(earlier, later);
      expect([...both].sort(compareListeners)).toEqual(both);
      expect(new Set(keys(both))).toEqual(new Set([...keys(earlier), ...keys(later)]));
      for (const each of later) expect(both).toContain(each);
    }),
  );
});
