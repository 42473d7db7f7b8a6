import { PlaceError, type PortEvent } from '@portolan/monitor';
import { expect, test } from 'vitest';
import { renderEvent } from '../../../src/commands/watch/event-line.js';
import { heldListener, listener, processOf } from '../../listeners.js';

const at = new Date(2026, 10, 24, 5, 1, 40, 31);
const told = { sequence: 1, at, place: 'self' };
const node = heldListener([processOf({ name: 'node', pid: 123 })], { address: '127.0.0.1', port: 3000 });

/** Without the time and the blanks that align. */
function text(event: Parameters<typeof renderEvent>[0]): string {
  return renderEvent(event, { color: false }).replaceAll(/ +/g, ' ');
}

test('an opening is one line with time, sign, endpoint and process', () => {
  const line = renderEvent({ type: 'opened', listener: node, ...told }, { color: false });
  expect(line).toBe('05:01:40.031  +  tcp  127.0.0.1:3000          node (pid 123)\n');
});

test('what was open at the start has a sign of its own', () => {
  expect(text({ type: 'opened', initial: true, listener: node, ...told })).toContain(' = tcp ');
});

test.each([
  [0.1534, '0.15 ms'],
  [340.2, '340 ms'],
  [5900, '5.9 s'],
  [125_000, '2 min'],
  [11_100_000, '3 h 5 min'],
])('a closing says how long it was open: %d ms as %s', (openMs, expected) => {
  expect(text({ type: 'closed', listener: node, openMs, ...told })).toContain(
    ` - tcp 127.0.0.1:3000 node (pid 123) open for ${expected}\n`,
  );
});

test('a takeover says who had the port before', () => {
  const previous = heldListener([processOf({ name: 'ruby', pid: 7 })], { address: '127.0.0.1', port: 3000 });
  const event: PortEvent = {
    type: 'changed',
    listener: node,
    previous,
    openMs: 1,
    changes: ['sockets'],
    ...told,
  };
  expect(text(event)).toContain(' ~ tcp 127.0.0.1:3000 node (pid 123), was ruby (pid 7)\n');
});

test('who may not be seen, and the kernel, are named as in the list', () => {
  const hidden = listener({ port: 1, processes: [], sockets: [{ holder: 'hidden' }] });
  expect(text({ type: 'opened', listener: hidden, ...told })).toContain('(hidden)');
});

test('a change of source, an error and a gap are notes', () => {
  expect(text({ type: 'source', source: 'proc', previous: 'netlink', reason: 'refused', ...told })).toContain(
    ' ! now looking through proc: refused\n',
  );
  expect(text({ type: 'error', error: new Error('no source works'), ...told })).toContain(
    ' ! no source works\n',
  );
  expect(text({ type: 'missed', missed: true, count: 5, ...told })).toContain(' ! 5 events were missed\n');
});

test('a place that comes, goes or does not answer is a note', () => {
  const blue = { ...told, place: 'netns:blue' };
  expect(text({ type: 'place', state: 'appeared', reason: null, ...blue })).toContain(
    ' ! netns:blue is there now\n',
  );
  expect(text({ type: 'place', state: 'gone', reason: 'it was stopped', ...blue })).toContain(
    ' ! netns:blue is gone: it was stopped\n',
  );
  expect(text({ type: 'source', source: null, previous: 'proc', reason: 'timed out', ...told })).toContain(
    ' ! no answer: timed out\n',
  );
});

test('with several places each line has its own, in a column', () => {
  const inColumn = (event: Parameters<typeof renderEvent>[0]) =>
    renderEvent(event, { color: false, placeWidth: 12 }).slice('05:01:40.031  '.length);
  const blue = { ...told, place: 'netns:blue' };
  expect(inColumn({ type: 'opened', listener: node, ...blue })).toBe(
    '+  netns:blue    tcp  127.0.0.1:3000          node (pid 123)\n',
  );
  expect(inColumn({ type: 'place', state: 'gone', reason: null, ...blue })).toBe(
    '!  netns:blue    is gone\n',
  );
  expect(inColumn({ type: 'error', error: new PlaceError('netns:blue', 'no'), ...blue })).toBe(
    '!  netns:blue    no\n',
  );
  expect(inColumn({ type: 'opened', listener: node, ...told, place: '\x1b[2J' })).toMatch(
    /^\+ {2}\\x1b\[2J /,
  );
});

test('no control character of a process gets through', () => {
  const hostile = heldListener([processOf({ name: '\x1b[2J\nnode' })]);
  expect(text({ type: 'opened', listener: hostile, ...told })).toContain('\\x1b[2J\\x0anode');
});
