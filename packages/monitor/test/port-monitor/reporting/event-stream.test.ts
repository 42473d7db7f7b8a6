import { describe, expect, test, vi } from 'vitest';
import type { PortEvent } from '../../../src/port-monitor/reporting/event.js';
import {
  EventLink,
  EventStream,
  type EventStreamOptions,
  type StreamedEvent,
} from '../../../src/port-monitor/reporting/event-stream.js';
import { heavyListener } from './heavy-listener.js';

function event(sequence: number): PortEvent {
  return { type: 'error', place: 'self', error: new Error('any'), sequence, at: new Date(1000 * sequence) };
}

/** Of a mebibyte: 63 of them may wait. */
function heavyEvent(sequence: number): PortEvent {
  const listener = heavyListener(sequence, 2 ** 20);
  return { type: 'opened', place: 'self', listener, sequence, at: new Date(1000 * sequence) };
}

/** A stream that is told of events as it would be by an outlet. */
function openStream(options: Partial<EventStreamOptions> = {}) {
  let newest = new EventLink();
  let isOpen = true;
  const onEnd = () => {
    isOpen = false;
  };
  const stream = new EventStream({ after: newest, onEnd, ...options });
  const push = (event: PortEvent) => {
    if (!isOpen) return;
    newest = newest.append(event);
    stream.answer();
    stream.limit(newest, 64 * 2 ** 20);
  };
  return { stream, push };
}

describe('a stream of events', () => {
  test('gives a reader who waits the next event', async () => {
    const { stream, push } = openStream();
    const next = stream.next();
    push(event(1));
    expect(await next).toMatchObject({ done: false, value: { sequence: 1 } });
  });

  test('tells a slow reader how many events it lost, and goes on with those that follow', async () => {
    const { stream, push } = openStream();
    for (let sequence = 1; sequence <= 68; sequence++) push(heavyEvent(sequence));
    expect((await stream.next()).value).toMatchObject({
      type: 'missed',
      missed: true,
      count: 5,
      sequence: 5,
    });
    expect((await stream.next()).value).toMatchObject({ type: 'opened', sequence: 6 });
  });

  test('drops nothing of what its reader is given first, and tells of a gap where it is', async () => {
    const first = Array.from({ length: 1200 }, (_, i) => event(i + 1));
    const { stream, push } = openStream({ first });
    for (let sequence = 1201; sequence <= 1266; sequence++) push(heavyEvent(sequence));
    stream.end();
    const read: StreamedEvent[] = [];
    for await (const each of stream) read.push(each);
    expect(read.slice(0, 1200)).toEqual(first);
    expect(read[1200]).toMatchObject({ type: 'missed', count: 3, sequence: 1203 });
    expect(read[1201]).toMatchObject({ type: 'opened', sequence: 1204 });
    expect(read).toHaveLength(1264);
  });

  test('loses nothing of very many small events that wait', async () => {
    const { stream, push } = openStream();
    for (let sequence = 1; sequence <= 50_000; sequence++) push(event(sequence));
    stream.end();
    const read: number[] = [];
    for await (const { sequence } of stream) read.push(sequence);
    expect(read).toEqual(Array.from({ length: 50_000 }, (_, i) => i + 1));
  });

  test('leaves the event loop to others while much is read', async () => {
    const { stream, push } = openStream();
    for (let sequence = 1; sequence <= 1000; sequence++) push(event(sequence));
    stream.end();
    let read = 0;
    let turns = 0;
    const takeTurn = () => {
      turns++;
      if (read < 1000) setImmediate(takeTurn);
    };
    setImmediate(takeTurn);
    for await (const _ of stream) read++;
    expect(read).toBe(1000);
    expect(turns).toBeGreaterThanOrEqual(9);
  });

  test('is told to have missed only what it wanted', async () => {
    const isOdd = ({ sequence }: StreamedEvent) => sequence % 2 === 1;
    const { stream, push } = openStream({ narrow: (event) => (isOdd(event) ? event : undefined) });
    for (let sequence = 1; sequence <= 70; sequence++) push(heavyEvent(sequence));
    expect((await stream.next()).value).toMatchObject({ type: 'missed', count: 4, sequence: 7 });
    expect((await stream.next()).value).toMatchObject({ type: 'opened', sequence: 9 });
  });

  test('is read to its end after it ended', async () => {
    const { stream, push } = openStream();
    push(event(1));
    stream.end();
    const read: number[] = [];
    for await (const { sequence } of stream) read.push(sequence);
    expect(read).toEqual([1]);
  });

  test('ends for a reader who waits', async () => {
    const { stream } = openStream();
    const next = stream.next();
    stream.end();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test('answers calls that wait at once in their order, each with an event of its own', async () => {
    const { stream, push } = openStream();
    const answered: number[] = [];
    const calls = [1, 2, 3].map(async (call) => {
      const { value } = await stream.next();
      answered.push(call);
      return value?.sequence;
    });
    for (const sequence of [1, 2, 3, 4]) push(event(sequence));
    expect(await Promise.all(calls)).toEqual([1, 2, 3]);
    expect(answered).toEqual([1, 2, 3]);
    expect((await stream.next()).value).toMatchObject({ sequence: 4 });
  });

  test.each(['end', 'return'] as const)('answers all calls that wait when its %s comes', async (end) => {
    const { stream, push } = openStream();
    const calls = [stream.next(), stream.next(), stream.next()];
    push(event(1));
    await stream[end]();
    expect((await Promise.all(calls)).map(({ done }) => done)).toEqual([false, true, true]);
  });

  test('is let go of when its reader leaves the loop', async () => {
    const onEnd = vi.fn();
    const { stream, push } = openStream({ onEnd });
    push(event(1));
    for await (const _ of stream) break;
    expect(onEnd).toHaveBeenCalledOnce();
  });
});
