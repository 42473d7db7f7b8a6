import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import {
  type InstanceOwner,
  instanceName,
  isGone,
  parseInstanceName,
  thisOwner,
} from '../../../../src/port-monitor/doorbells/tracefs/instance-owner.js';

const self = thisOwner() as InstanceOwner;

test('an instance is named after its owner, and no two alike', () => {
  const name = instanceName(self);
  expect(parseInstanceName(name)).toEqual(self);
  expect(self.thread).toBe(process.pid);
  expect(instanceName(self)).not.toBe(name);
});

test.each([
  'trace-cmd',
  'portolan',
  'portolan-1-2-3',
  'portolan-1-2-3-abcdefgh',
  'x-portolan-1-2-3-abcdef01',
])('%s is nobody’s', (name) => {
  expect(parseInstanceName(name)).toBeUndefined();
});

test('a living owner is not gone', () => {
  expect(isGone(self, self)).toBe(false);
});

test('one whose number is free is gone, and one whose number another has', () => {
  expect(isGone({ ...self, thread: 2 ** 22 + 1 }, self)).toBe(true);
  expect(isGone({ ...self, startTicks: self.startTicks - 1 }, self)).toBe(true);
});

test('a worker thread is an owner of its own, which is gone when it has ended', async () => {
  const module = new URL(
    '../../../../dist/port-monitor/doorbells/tracefs/instance-owner.js',
    import.meta.url,
  );
  const tell = `import(${JSON.stringify(module.href)}).then(({ thisOwner }) =>
    require('node:worker_threads').parentPort.on('message', () => undefined).postMessage(thisOwner()))`;
  const worker = new Worker(tell, { eval: true });
  const [owner] = (await once(worker, 'message')) as [InstanceOwner];
  expect(owner.thread).not.toBe(process.pid);
  expect(isGone(owner, self)).toBe(false);
  await worker.terminate();
  // Its end is told a moment before the kernel has let go of the thread.
  await vi.waitFor(() => expect(isGone(owner, self)).toBe(true), 20_000);
});

test('one in another pid namespace is not judged', () => {
  expect(isGone({ ...self, pidNamespace: 1, thread: 2 ** 22 + 1 }, self)).toBe(false);
  expect(isGone(parseInstanceName(instanceName(undefined)) as InstanceOwner, self)).toBe(false);
});
