import { describe, expect, test, vi } from 'vitest';
import type { PortEvent } from '../../../src/port-monitor/reporting/event.js';
import { EventStream, type StreamedEvent } from '../../../src/port-monitor/reporting/event-stream.js';

function event(sequence: number): PortEvent {
  return { type: 'error', place: 'self', error: new Error('any'), sequence, at: new Date(1000 * sequence) };
}

describe('a stream of events', () => {
  test('gives a reader who waits the next event', async () => {
    const stream = new EventStream(() => undefined);
    const next = stream.next();
    stream.push(event(1));
    expect(await next).toMatchObject({ done: false, value: { sequence: 1 } });
  });

  test('tells a slow reader how many events it lost, and goes on with those that follow', async () => {
    const stream = new EventStream(() => undefined);
    for (let sequence = 1; sequence <= 1005; sequence++) stream.push(event(sequence));
    expect((await stream.next()).value).toMatchObject({
      type: 'missed',
      missed: true,
      count: 5,
      sequence: 5,
    });
    expect((await stream.next()).value).toMatchObject({ type: 'error', sequence: 6 });
  });

  test('drops nothing of what its reader is given first, and tells of a gap where it is', async () => {
    const first = Array.from({ length: 1200 }, (_, i) => event(i + 1));
    const stream = new EventStream(() => undefined, { first });
    for (let sequence = 1201; sequence <= 2203; sequence++) stream.push(event(sequence));
    stream.end();
    const read: StreamedEvent[] = [];
    for await (const each of stream) read.push(each);
    expect(read.slice(0, 1200)).toEqual(first);
    expect(read[1200]).toMatchObject({ type: 'missed', count: 3, sequence: 1203 });
    expect(read[1201]).toMatchObject({ type: 'error', sequence: 1204 });
    expect(read).toHaveLength(2201);
  });

  test('is read to its end after it ended', async () => {
    const stream = new EventStream(() => undefined);
    stream.push(event(1));
    stream.end();
    stream.push(event(2));
    const read: number[] = [];
    for await (const { sequence } of stream) read.push(sequence);
    expect(read).toEqual([1]);
  });

  test('ends for a reader who waits', async () => {
    const stream = new EventStream(() => undefined);
    const next = stream.next();
    stream.end();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test('answers calls that wait at once in their order, each with an event of its own', async () => {
    const stream = new EventStream(() => undefined);
    const answered: number[] = [];
    const calls = [1, 2, 3].map(async (call) => {
      const { value } = await stream.next();
      answered.push(call);
      return value?.sequence;
    });
    for (const sequence of [1, 2, 3, 4]) stream.push(event(sequence));
    expect(await Promise.all(calls)).toEqual([1, 2, 3]);
    expect(answered).toEqual([1, 2, 3]);
    expect((await stream.next()).value).toMatchObject({ sequence: 4 });
  });

  test.each(['end', 'return'] as const)('answers all calls that wait when its %s comes', async (end) => {
    const stream = new EventStream(() => undefined);
    const calls = [stream.next(), stream.next(), stream.next()];
    stream.push(event(1));
    await stream[end]();
    expect((await Promise.all(calls)).map(({ done }) => done)).toEqual([false, true, true]);
  });

  test('is let go of when its reader leaves the loop', async () => {
    const onEnd = vi.fn();
    const stream = new EventStream(onEnd);
    stream.push(event(1));
    for await (const _ of stream) break;
    expect(onEnd).toHaveBeenCalledOnce();
  });
});
