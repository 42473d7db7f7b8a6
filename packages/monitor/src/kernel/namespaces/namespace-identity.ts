import { statSync } from 'node:fs';

/**
 * A number that is equal for two processes exactly while they are in the same network namespace: the inode of
 * /proc/PID/net/tcp, of which each namespace has its own (proc_create_net(), fs/proc/proc_net.c). Unlike
 * /proc/PID/ns/net every user may ask for it, whoever the process belongs to.
 *
 * @returns undefined where the process is gone, or hidden from this user (`hidepid`, proc(5))
 */
export function networkNamespaceOf(pid: number | 'self' | 'thread-self'): number | undefined {
  try {
    return statSync(`/proc/${pid}/net/tcp`, { throwIfNoEntry: false })?.ino;
  } catch {
    return undefined;
  }
}
