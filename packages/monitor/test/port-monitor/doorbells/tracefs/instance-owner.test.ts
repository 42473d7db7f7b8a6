import { expect, test } from 'vitest';
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
  expect(self.pid).toBe(process.pid);
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

test('one whose pid is free is gone, and one whose pid another process has', () => {
  expect(isGone({ ...self, pid: 2 ** 22 + 1 }, self)).toBe(true);
  expect(isGone({ ...self, startTicks: self.startTicks - 1 }, self)).toBe(true);
});

test('one in another pid namespace is not judged', () => {
  expect(isGone({ ...self, pidNamespace: 1, pid: 2 ** 22 + 1 }, self)).toBe(false);
  expect(isGone(parseInstanceName(instanceName(undefined)) as InstanceOwner, self)).toBe(false);
});
