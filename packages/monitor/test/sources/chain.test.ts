import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SourceChain } from '../../src/sources/chain.js';
import type { Source, SourceAnswer, SourceName } from '../../src/sources/source.js';
import { SourceError } from '../../src/sources/source-error.js';

/** A source that works or fails as it is told. */
class Scripted implements Source {
  looks = 0;
  failure: Error | undefined;

  constructor(readonly name: SourceName) {}

  look(): SourceAnswer {
    this.looks++;
    if (this.failure !== undefined) throw this.failure;
    return { listeners: [], skipped: 0 };
  }

  close(): void {}
}

describe('a chain of sources', () => {
  const debug = vi.fn();
  let netlink: Scripted;
  let proc: Scripted;
  let chain: SourceChain;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    debug.mockReset();
    [netlink, proc] = [new Scripted('netlink'), new Scripted('proc')];
    chain = new SourceChain([netlink, proc], { debug });
  });

  afterEach(() => vi.useRealTimers());

  test('answers with its first source while that works', async () => {
    expect(await chain.look()).toMatchObject({ source: 'netlink', failures: [] });
    expect(proc.looks).toBe(0);
  });

  test('goes on to the next where one fails, says why, and logs it', async () => {
    netlink.failure = new SourceError('netlink', 'refused');
    expect(await chain.look()).toMatchObject({
      source: 'proc',
      failures: [{ source: 'netlink', reason: 'refused' }],
    });
    expect(debug).toHaveBeenCalledWith('source netlink failed: refused');
  });

  test('sets a failed source aside for a second, then for twice as long, up to a minute', async () => {
    netlink.failure = new SourceError('netlink', 'refused');
    const pauses: number[] = [];
    let waited = 0;
    for (let seconds = 0; seconds < 300; seconds++) {
      const looks = netlink.looks;
      expect(await chain.look()).toMatchObject({ source: 'proc', failures: [{ source: 'netlink' }] });
      if (netlink.looks > looks) pauses.push(waited);
      waited = netlink.looks > looks ? 1 : waited + 1;
      vi.advanceTimersByTime(1000);
    }
    expect(pauses.slice(1)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('comes back to the better source when that works again', async () => {
    netlink.failure = new SourceError('netlink', 'refused');
    await chain.look();
    netlink.failure = undefined;
    expect((await chain.look()).source).toBe('proc');
    vi.advanceTimersByTime(1000);
    expect(await chain.look()).toMatchObject({ source: 'netlink', failures: [] });
  });

  test('tries what was set aside before it gives up', async () => {
    netlink.failure = new SourceError('netlink', 'refused');
    await chain.look();
    netlink.failure = undefined;
    proc.failure = new SourceError('proc', 'no /proc');
    expect((await chain.look()).source).toBe('netlink');
  });

  test('fails with the reason of each source where all fail', async () => {
    netlink.failure = new SourceError('netlink', 'refused');
    proc.failure = new SourceError('proc', 'no /proc');
    await expect(chain.look()).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_NO_SOURCE',
      message: 'no source works: netlink: refused; proc: no /proc',
    });
  });

  test('does not take a mistake of the program for a source that failed', async () => {
    netlink.failure = new TypeError('a mistake');
    await expect(chain.look()).rejects.toThrow('a mistake');
  });

  test('stops where the signal was aborted', async () => {
    await expect(chain.look(AbortSignal.abort())).rejects.toThrow('aborted');
    expect(netlink.looks).toBe(0);
  });
});
