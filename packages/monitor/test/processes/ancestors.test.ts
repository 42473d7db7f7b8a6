import { expect, it } from 'vitest';
import { readAncestors, readStat } from '../../src/index.js';
import { ancestorsOf } from '../../src/processes/ancestors.js';
import { startPython } from './child.js';

it('are the parent, its parent, and so on, with their names', async () => {
  await using child = await startPython<{ inner: number }>(`
read, write = os.pipe()
if (pid := os.fork()) == 0:
    open('/proc/self/comm', 'w').write('middle')
    if (inner := os.fork()) == 0: wait()
    os.write(write, b'%d' % inner)
    wait()
say(inner=int(os.read(read, 20)))
wait()`);
  const ancestors = readAncestors(child.report.inner);
  expect(ancestors.slice(0, 3)).toEqual([
    { pid: expect.any(Number), name: 'middle' },
    { pid: child.pid, name: readStat(child.pid)?.name },
    { pid: process.pid, name: readStat(process.pid)?.name },
  ]);
  expect(ancestors.at(-1)?.pid).toBe(1);
});

it('are nobody for a process that is gone', () => {
  expect(readAncestors(2 ** 22 + 1)).toEqual([]);
});

it('end if a pid has become a younger process, even in a circle', () => {
  const stats = new Map([
    [10, { name: 'child', parentPid: 20, startTicks: 50 }],
    [20, { name: 'parent', parentPid: 30, startTicks: 40 }],
    [30, { name: 'late', parentPid: 10, startTicks: 60 }],
  ]);
  const child = { name: 'child', parentPid: 20, startTicks: 50 };
  expect([...ancestorsOf(child, (pid) => stats.get(pid) ?? null)].map(({ pid }) => pid)).toEqual([20]);
});
