import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PortEvent } from '../../../src/port-monitor/reporting/event.js';
import { EventRing } from '../../../src/port-monitor/reporting/event-ring.js';

function event(sequence: number): PortEvent {
  return { type: 'error', place: 'self', error: new Error('any'), sequence, at: new Date(1000 * sequence) };
}

function ringWith(size: number, events: number): EventRing {
  const ring = new EventRing(size);
  for (let sequence = 1; sequence <= events; sequence++) ring.add(event(sequence));
  return ring;
}

const numbers = ({ events }: { events: readonly PortEvent[] }) => events.map(({ sequence }) => sequence);

describe('the ring of events', () => {
  test('gives the last events, oldest first', () => {
    expect(numbers(ringWith(3, 5).since())).toEqual([3, 4, 5]);
    expect(numbers(ringWith(3, 2).since())).toEqual([1, 2]);
    expect(ringWith(3, 0).since()).toEqual({ events: [], missed: false });
  });

  test('gives what came after a number, and says so when part of that is forgotten', () => {
    expect(ringWith(3, 5).since(4)).toMatchObject({ events: [{ sequence: 5 }], missed: false });
    expect(ringWith(3, 5).since(2)).toMatchObject({ missed: false });
    expect(numbers(ringWith(3, 5).since(1))).toEqual([3, 4, 5]);
    expect(ringWith(3, 5).since(1).missed).toBe(true);
    expect(ringWith(3, 5).since(99)).toEqual({ events: [], missed: false });
  });

  test('gives what came after a time, and says so when part of that is forgotten', () => {
    expect(numbers(ringWith(3, 5).since(new Date(4000)))).toEqual([5]);
    expect(ringWith(3, 5).since(new Date(3000)).missed).toBe(false);
    expect(ringWith(3, 5).since(new Date(2500)).missed).toBe(true);
    expect(ringWith(5, 5).since(new Date(0)).missed).toBe(false);
  });

  test('never leaves out an event without saying so', () => {
    const cases = fc.record({ size: fc.integer({ min: 1, max: 20 }), count: fc.nat(60), since: fc.nat(60) });
    fc.assert(
      fc.property(cases, ({ size, count, since }) => {
        const { events, missed } = ringWith(size, count).since(since);
        const wanted = Array.from({ length: Math.max(0, count - since) }, (_, i) => since + i + 1);
        if (missed) expect(events.length).toBeLessThan(wanted.length);
        else expect(numbers({ events })).toEqual(wanted);
      }),
    );
  });

  test.each([0, -1, 1.5, Number.NaN])('of %s events can not be made', (size) => {
    expect(() => new EventRing(size)).toThrow(RangeError);
  });
});
