import { expect, test } from 'vitest';
import type { Listener } from '../../../src/index.js';
import { IgnoredHolders } from '../../../src/port-monitor/holders/ignored-holders.js';
import { readProcess } from '../../../src/processes/read-process.js';
import { startChild, startPython } from '../../processes/child.js';
import { listenerAt } from '../listener-at.js';

function listenerOf(pid: number): Listener {
  const process = readProcess(pid);
  return { ...listenerAt(8080), processes: process === null ? [] : [process] };
}

test('what a process holds that ended before it was asked is left out, unless it was asked before', async () => {
  await using child = await startPython('say(); wait()');
  const listener = listenerOf(child.pid);
  const [asked, late] = [new IgnoredHolders(), new IgnoredHolders()];
  asked.note([listener]);
  await child[Symbol.asyncDispose]();
  for (const ignored of [asked, late]) ignored.note([listener]);
  expect([asked, late].map((ignored) => ignored.has(listener))).toEqual([false, true]);
});

test('what came and went with a process that has ended is told', async () => {
  await using child = await startPython('say(); wait()');
  const listener = listenerOf(child.pid);
  await child[Symbol.asyncDispose]();
  const ignored = new IgnoredHolders();
  ignored.noteOpeners([listener], [child.pid]);
  expect(ignored.has(listener)).toBe(false);
});

/** Says null when its main thread has ended. */
const WITHOUT_MAIN_THREAD = `
import ctypes, os, threading, time
def work():
    while open('/proc/%d/stat' % os.getpid()).read().rsplit(')', 1)[1].split()[0] != 'Z': time.sleep(0.01)
    print('null', flush=True)
    time.sleep(60)
threading.Thread(target=work).start()
ctypes.CDLL(None).pthread_exit(None)`;

test('a process that wants to be is left out though its main thread has ended', async () => {
  const env = { ...process.env, PORTOLAN_IGNORE: '1' };
  await using child = await startChild('python3', ['-c', WITHOUT_MAIN_THREAD], { env });
  const listener = listenerOf(child.pid);
  const ignored = new IgnoredHolders();
  ignored.note([listener]);
  expect(ignored.has(listener)).toBe(true);
});
