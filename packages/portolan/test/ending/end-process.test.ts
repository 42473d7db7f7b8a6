import { readStat } from '@portolan/monitor';
import { describe, expect, it } from 'vitest';
import { isSameProcess, ownLineage, protectionOf, signalProcess } from '../../src/ending/end-process.js';
import { startPython } from '../started-program.js';

describe('what may be ended', () => {
  const lineage = [500, 400, 1];

  it('is any process that has nothing to do with this one', () => {
    expect(protectionOf({ pid: 501, startTicks: 7 }, lineage)).toBeUndefined();
  });

  it.each([
    [1, 'init'],
    [0, 'init'],
    [500, 'itself'],
    [400, 'ancestor'],
  ])('is not pid %i: %s', (pid, protection) => {
    expect(protectionOf({ pid, startTicks: 7 }, lineage)).toBe(protection);
  });

  it('is known of all ancestors', () => {
    const [self, parent] = ownLineage();
    expect([self, parent]).toEqual([process.pid, process.ppid]);
    expect(ownLineage().at(-1)).toBe(1);
  });
});

describe('a process', () => {
  it('is the one that was seen when it started at the same tick', () => {
    expect(isSameProcess({ pid: 500, startTicks: 7 }, 7)).toBe(true);
  });

  it.each([
    ['it started later', 7, 8],
    ['it is gone', 7, undefined],
    ['nobody knows when that one started', null, 7],
    ['nobody knows anything', null, undefined],
  ])('is not the one that was seen when %s', (_, seen, now) => {
    expect(isSameProcess({ pid: 500, startTicks: seen }, now)).toBe(false);
  });

  it('is sent no signal under the pid of an earlier one', async () => {
    await using python = await startPython(`
signal.signal(signal.SIGTERM, lambda *_: print('terminated', flush=True))
ready()
wait()`);
    const startTicks = readStat(python.pid)?.startTicks ?? null;
    expect(signalProcess({ pid: python.pid, startTicks: (startTicks ?? 0) - 1 }, 'SIGKILL')).toBe('gone');
    expect(signalProcess({ pid: python.pid, startTicks }, 'SIGTERM')).toBe('sent');
    await python.says('terminated');
  });
});
