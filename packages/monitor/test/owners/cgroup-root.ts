import { readMountinfo } from '../../src/kernel/mountinfo.js';

/** Where cgroup v2 is mounted. */
export const CGROUP_ROOT = readMountinfo().find(({ type }) => type === 'cgroup2')?.path ?? '/sys/fs/cgroup';
