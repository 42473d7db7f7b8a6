import { type Process, readAncestors, readStat } from '@portolan/monitor';
import { expect, it } from 'vitest';
import { rememberedAncestors } from '../../../src/commands/top/ancestors.js';
import { processOf } from '../../listeners.js';
import { startPython } from '../../started-program.js';

function running(pid: number): Process {
  return processOf({ pid, startTicks: readStat(pid)?.startTicks ?? null });
}

it('are read once for a process, and kept when it ends', async () => {
  const ancestorsOf = rememberedAncestors();
  const child = await startPython('ready()\nwait()');
  const process_ = running(child.pid);
  const ancestors = ancestorsOf(process_);
  expect(ancestors[0]?.pid).toBe(process.pid);
  await child[Symbol.asyncDispose]();
  expect(ancestorsOf(process_)).toBe(ancestors);
});

it('are those of the process, and of no other that gets its pid', () => {
  const ancestorsOf = rememberedAncestors();
  const self = running(process.pid);
  expect(ancestorsOf(self)).toEqual(readAncestors(process.pid));
  expect(ancestorsOf({ ...self, startTicks: (self.startTicks ?? 0) - 1 })).toEqual([]);
  expect(ancestorsOf(self)).toEqual(readAncestors(process.pid));
});
