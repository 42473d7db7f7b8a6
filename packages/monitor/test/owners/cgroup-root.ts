import { readFileSync } from 'node:fs';

/** Where cgroup v2 is mounted. */
export const CGROUP_ROOT = mountPoint();

function mountPoint(): string {
  const mount = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((line) => line.includes(' - cgroup2 '));
  return mount?.split(' ')[4] ?? '/sys/fs/cgroup';
}
