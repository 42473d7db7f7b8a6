import { execFile } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { EventOutlet } from '../../../src/port-monitor/reporting/event-outlet.js';
import type { StreamedEvent } from '../../../src/port-monitor/reporting/event-stream.js';
import { listenerAt } from '../listener-at.js';
import { heavyListener } from './heavy-listener.js';

const LONG_AGO = new Date(0);

function publish(outlet: EventOutlet, count: number): void {
  for (let i = 0; i < count; i++) outlet.publish({ type: 'opened', listener: listenerAt(i), place: 'self' });
}

/** What the stream has, to its end. */
async function all(outlet: EventOutlet, stream: AsyncIterable<StreamedEvent>): Promise<StreamedEvent[]> {
  outlet.end();
  const read: StreamedEvent[] = [];
  for await (const event of stream) read.push(event);
  return read;
}

describe('a reader who begins with much', () => {
  test('is given all that is open, however many', async () => {
    const outlet = new EventOutlet(1);
    const open = Array.from({ length: 1200 }, (_, i) => listenerAt(i));
    const stream = outlet.stream({ initial: open });
    publish(outlet, 1000);
    const read = await all(outlet, stream);
    expect(read.map(({ type }) => type)).not.toContain('missed');
    expect(read.filter((event) => 'initial' in event)).toHaveLength(1200);
    expect(read).toHaveLength(2200);
  });

  test.each([0, LONG_AGO])('is given all that is remembered since %s', async (since) => {
    const outlet = new EventOutlet(5000);
    publish(outlet, 1200);
    const read = await all(outlet, outlet.stream({ since }));
    expect(read).toEqual(outlet.recent(since).events);
    expect(read).toHaveLength(1200);
  });

  test('is told that nobody knows how many are forgotten since a time, and how many it lost after that', async () => {
    const outlet = new EventOutlet(2);
    publish(outlet, 4);
    const stream = outlet.stream({ since: LONG_AGO });
    for (let i = 0; i < 67; i++) {
      outlet.publish({ type: 'opened', listener: heavyListener(i, 2 ** 20), place: 'self' });
      await setImmediate();
    }
    expect((await all(outlet, stream)).slice(0, 5)).toMatchObject([
      { type: 'missed', count: null, sequence: 2 },
      { type: 'opened', sequence: 3 },
      { type: 'opened', sequence: 4 },
      { type: 'missed', count: 3, sequence: 7 },
      { type: 'opened', sequence: 8 },
    ]);
  });

  test('is given what is open, and nothing of what led to it', async () => {
    const outlet = new EventOutlet(5);
    publish(outlet, 2);
    const stream = outlet.stream({ since: 0, initial: [listenerAt(0), listenerAt(1)] });
    publish(outlet, 1);
    expect(await all(outlet, stream)).toMatchObject([
      { initial: true, sequence: 2, listener: { port: 0 } },
      { initial: true, sequence: 2, listener: { port: 1 } },
      { sequence: 3 },
    ]);
  });

  test('is given only what it wants of what is remembered', async () => {
    const outlet = new EventOutlet(5);
    publish(outlet, 3);
    const stream = outlet.stream({ since: 0, isWanted: ({ port }) => port === 1 });
    publish(outlet, 2);
    expect(await all(outlet, stream)).toMatchObject([{ sequence: 2 }, { sequence: 5 }]);
  });
});

test('a reader who got no turn yet loses nothing, however much was published', async () => {
  const outlet = new EventOutlet(1);
  const stream = outlet.stream();
  for (let i = 0; i < 200; i++)
    outlet.publish({ type: 'opened', listener: heavyListener(i, 2 ** 20), place: 'self' });
  const read: number[] = [];
  for await (const { sequence } of stream) {
    read.push(sequence);
    if (read.length === 200) outlet.publish({ type: 'opened', listener: listenerAt(1), place: 'self' });
    if (read.length === 201) break;
  }
  expect(read).toEqual(Array.from({ length: 201 }, (_, i) => i + 1));
});

test('what is published after the end is for no stream', async () => {
  const outlet = new EventOutlet(10);
  const [first, second] = [outlet.stream(), outlet.stream()];
  publish(outlet, 1);
  const read = [await all(outlet, first)];
  publish(outlet, 1);
  read.push(await all(outlet, second), await all(outlet, outlet.stream()));
  expect(read.map((events) => events.map(({ sequence }) => sequence))).toEqual([[1], [1], []]);
});

test('readers who stand still hold no more than one of them would, and that is bounded', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    fileURLToPath(new URL('standing-readers.mjs', import.meta.url)),
  ]);
  const heldBytes = JSON.parse(stdout) as Record<string, number>;
  const limit = 64 * 2 ** 20;
  expect(heldBytes['1']).toBeGreaterThan(0.7 * limit);
  expect(heldBytes['1']).toBeLessThan(1.2 * limit);
  expect(heldBytes['50']).toBeLessThan(1.2 * limit);
});

test('a callback that throws takes nothing from the others, and is told as what nobody caught', async () => {
  const outlet = new EventOutlet(10);
  const failure = new Error('of the callback');
  outlet.emitter.on('opened', () => {
    throw failure;
  });
  const uncaught = new Promise((resolve) => {
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => {
      for (const other of others) process.on('uncaughtException', other);
      resolve(error);
    });
  });
  const stream = outlet.stream();
  publish(outlet, 1);
  expect(await uncaught).toBe(failure);
  expect(await all(outlet, stream)).toHaveLength(1);
});
