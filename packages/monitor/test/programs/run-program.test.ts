import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ProgramRun, runProgram } from '../../src/programs/run-program.js';
import { refuseDescriptors } from '../refuse-descriptors.js';

class TestError extends Error {}

const TRUE: ProgramRun = {
  command: 'true',
  args: [],
  timeLimitMs: 60_000,
  answers: [0],
  fail: (reason, options) => new TestError(reason, options),
};

afterEach(() => vi.restoreAllMocks());

describe('a program that can’t be run', () => {
  test('for want of descriptors is an error, and leaves neither timer nor listener behind', async () => {
    const { signal } = new AbortController();
    const clear = vi.spyOn(globalThis, 'clearTimeout');
    const set = vi.spyOn(globalThis, 'setTimeout');
    using _ = refuseDescriptors();
    const error = await runProgram(TRUE, signal).catch((error: unknown) => error);
    expect(error).toEqual(new TestError("true can't be run (EMFILE)"));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(clear).toHaveBeenCalledWith(set.mock.results[0]?.value);
  });

  test('because its environment is too large is the same error', async () => {
    const env = { LARGE: 'x'.repeat(2 ** 18) };
    const error = await runProgram({ ...TRUE, env }).catch((error: unknown) => error);
    expect(error).toEqual(new TestError("true can't be run (E2BIG)"));
  });
});
