import { statSync } from 'node:fs';

/**
 * A number that two processes share exactly while they are in the same network namespace. It is the inode of
 * /proc/PID/net/tcp, of which each namespace has its own (proc_create_net(), fs/proc/proc_net.c). Every user may ask for it
 * of every process, which is not so of /proc/PID/ns/net.
 *
 * @returns undefined when the process is gone, or hidden from this user (`hidepid`, proc(5))
 */
export function networkNamespaceOf(pid: number | 'self' | 'thread-self'): number | undefined {
  try {
    return statSync(`/proc/${pid}/net/tcp`, { throwIfNoEntry: false })?.ino;
  } catch {
    return undefined;
  }
}
