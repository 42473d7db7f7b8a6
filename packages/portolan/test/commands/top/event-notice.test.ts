import { NoSourceError } from '@portolan/monitor';
import { expect, it } from 'vitest';
import { noticeOf } from '../../../src/commands/top/event-notice.js';

const told = { sequence: 1, at: new Date(2026, 10, 24, 5, 1, 40), place: 'netns:blue' };
const blind = new NoSourceError([{ source: 'proc', reason: 'refused' }]);

it('keeps in sight that nothing can be seen, until something is', () => {
  const text = '05:01:40 no source works: proc: refused';
  expect(noticeOf({ type: 'error', error: blind, ...told }, false)).toEqual({
    problem: text,
    notice: undefined,
  });
  const silent = { type: 'source', source: null, previous: 'proc', reason: 'timed out', ...told } as const;
  expect(noticeOf(silent, false)).toEqual({ problem: 'no answer: timed out' });
});

it('tells of one of several places which it is, and goes on', () => {
  expect(noticeOf({ type: 'error', error: blind, ...told }, true)).toEqual({
    notice: '05:01:40 netns:blue: refused',
  });
  const silent = { type: 'source', source: null, previous: 'proc', reason: 'timed out', ...told } as const;
  expect(noticeOf(silent, true)).toEqual({ notice: 'netns:blue: no answer: timed out' });
});

it('tells that the only place came or went; among several the rows tell that', () => {
  const gone = { type: 'place', state: 'gone', reason: 'it was stopped', ...told } as const;
  expect(noticeOf(gone, false)).toEqual({ notice: 'netns:blue is gone: it was stopped' });
  expect(noticeOf({ ...gone, state: 'appeared', reason: null }, false)).toEqual({
    notice: 'netns:blue is there now',
  });
  expect(noticeOf(gone, true)).toEqual({});
});

it('tells that another source answers, and nothing of one that works again', () => {
  const source = { type: 'source', source: 'proc', reason: 'refused', ...told } as const;
  expect(noticeOf({ ...source, previous: 'netlink' }, false)).toEqual({
    notice: 'now through proc: refused',
  });
  expect(noticeOf({ ...source, previous: 'proc' }, false)).toEqual({});
});
