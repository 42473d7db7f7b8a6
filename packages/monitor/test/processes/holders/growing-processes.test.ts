import { expect, test } from 'vitest';
import { isYoung, stillGrowing } from '../../../src/processes/holders/growing-processes.js';
import { readState } from '../../../src/processes/read-process.js';
import { startPython } from '../child.js';

/** Forks a child that sleeps for so long at a time. */
const FORKED = (seconds: number) => `
import time
pid = os.fork()
if pid == 0:
    while True: time.sleep(${seconds})
say(pid=pid)
wait()`;

test('who waits for work is not on the way to another program', async () => {
  await using child = await startPython<{ pid: number }>(FORKED(60));
  await expect.poll(() => stillGrowing([child.report.pid])).toEqual([]);
});

test('who never sleeps for long may be, while it is young, however long it takes to get a CPU', async () => {
  await using child = await startPython<{ pid: number }>(FORKED(0.003));
  const { pid } = child.report;
  const growing = await stillGrowing([pid]);
  const state = readState(pid);
  const isOld = state === null || !isYoung(state);
  expect(isOld || growing.includes(pid)).toBe(true);
});

test('who runs the program that it was started for is not', async () => {
  await using child = await startPython('say(); wait()');
  expect(await stillGrowing([child.pid])).toEqual([]);
});
