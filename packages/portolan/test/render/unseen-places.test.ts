import { NoSourceError, PlaceError, PortMonitor } from '@portolan/monitor';
import { expect, it } from 'vitest';
import { reasonOf, startMonitor, unseenLines } from '../../src/render/unseen-places.js';

const DENIED = 'only root may enter it';
const AGREEING = [
  { source: 'netlink', reason: DENIED },
  { source: 'proc', reason: DENIED },
] as const;

it('gathers the places that can not be seen for the same reason into one line', () => {
  const denied = ['a', 'b', 'c'].map((name) => ({ place: `netns:${name}`, reason: DENIED }));
  expect(unseenLines([...denied, { place: 'pid:9', reason: 'it has ended' }])).toEqual([
    "3 places can't be looked at: netns:a, netns:b, netns:c: only root may enter it",
    'pid:9: it has ended',
  ]);
});

it('names a handful of many', () => {
  const many = Array.from({ length: 40 }, (_, index) => ({ place: `pid:${index}`, reason: DENIED }));
  expect(unseenLines(many)).toEqual([
    "40 places can't be looked at: pid:0, pid:1, pid:2, pid:3, pid:4 and 35 more: only root may enter it",
  ]);
});

it('says once what all sources say, and otherwise what each says', () => {
  expect(reasonOf(new NoSourceError(AGREEING))).toBe(DENIED);
  const differing = new NoSourceError([AGREEING[0], { source: 'proc', reason: 'it is gone' }]);
  expect(reasonOf(differing)).toBe('netlink: only root may enter it; proc: it is gone');
  expect(reasonOf(new PlaceError('pid:9', 'it has ended'))).toBe('it has ended');
  expect(reasonOf(new Error('whatever'))).toBe('whatever');
});

it('has all that a monitor can not look at when it starts, however many', async () => {
  // Beyond the largest pid that there can be.
  const ended = Array.from({ length: 150 }, (_, i) => `pid:${2 ** 22 + i + 1}`);
  const monitor = new PortMonitor({ in: ['self', ...ended], doorbell: 'clock', processes: false });
  try {
    const unseen = await startMonitor(monitor);
    expect(unseen.map(({ place }) => place)).toEqual(ended);
  } finally {
    await monitor.stop();
  }
});
