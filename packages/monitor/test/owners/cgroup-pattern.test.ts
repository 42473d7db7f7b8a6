import { expect, test } from 'vitest';
import { CgroupPattern } from '../../src/owners/cgroup-pattern.js';

const SSH = '/system.slice/ssh.service';

test.each([
  [SSH, SSH],
  [SSH, `${SSH}/inner`],
  ['/system.slice/', SSH],
  ['/system.slice/ssh*', SSH],
  ['/*/ssh.service', SSH],
  ['/', SSH],
  ['ssh.service', SSH],
  ['ssh.service', `${SSH}/inner`],
  ['ssh.*', SSH],
  ['system.slice', SSH],
])('%s fits %s', (pattern, path) => {
  expect(new CgroupPattern(pattern).fits(path)).toBe(true);
});

test.each([
  [SSH, '/system.slice/ssh.services'],
  [SSH, `/user.slice${SSH}`],
  ['/system*ssh.service', SSH],
  ['/ssh.service', SSH],
  ['ssh', SSH],
  ['sh.service', SSH],
  ['system.slice*service', SSH],
  ['s.h.service', SSH],
])('%s does not fit %s', (pattern, path) => {
  expect(new CgroupPattern(pattern).fits(path)).toBe(false);
});
