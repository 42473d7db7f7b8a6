import { readlinkSync } from 'node:fs';

/** The inodes of the machine's first namespaces (include/linux/proc_ns.h). */
const PROC_USER_INIT_INO = 0xeffffffd;
const PROC_PID_INIT_INO = 0xeffffffc;

/** True when this process is in the machine's first pid namespace, so that its pids are the kernel's. */
export function isInitialPidNamespace(): boolean {
  return isIn('pid', PROC_PID_INIT_INO);
}

/** True when this process is in the machine's first user namespace. */
export function isInitialUserNamespace(): boolean {
  return isIn('user', PROC_USER_INIT_INO);
}

/** False when /proc does not tell. */
function isIn(kind: 'pid' | 'user', inode: number): boolean {
  try {
    return readlinkSync(`/proc/self/ns/${kind}`) === `${kind}:[${inode}]`;
  } catch {
    return false;
  }
}
