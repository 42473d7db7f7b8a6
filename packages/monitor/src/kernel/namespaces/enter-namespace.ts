import { closeSync, fstatSync, openSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import type { Libc } from '../calls.js';

const CLONE_NEWNET = 0x40000000;

/**
 * Calls `act` while this thread is in another network namespace (setns(2)); a socket made there stays there. Needs
 * CAP_SYS_ADMIN.
 *
 * @param path a namespace's file, `/proc/1/ns/net`
 * @param inode that of the file, where it must be a certain namespace: by now the path may lead to another
 * @throws Error where that namespace can't be entered; what `act` throws
 */
export function inNetworkNamespace<T>(libc: Libc, path: string, act: () => T, inode?: number): T {
  const home = openSync('/proc/thread-self/ns/net', 'r');
  try {
    const there = openSync(path, 'r');
    try {
      if (inode !== undefined && fstatSync(there).ino !== inode)
        throw new Error(`${path} is another one now`);
      enter(libc, there);
    } finally {
      closeSync(there);
    }
    try {
      return act();
    } finally {
      goHome(libc, home);
    }
  } finally {
    closeSync(home);
  }
}

function enter(libc: Libc, fd: number): void {
  const result = libc.setns(fd, CLONE_NEWNET);
  if (result >= 0) return;
  const code = getSystemErrorName(result);
  throw Object.assign(new Error(`setns: ${code}`), { code });
}

/** A program that would go on in a namespace that it does not know of is better ended. */
function goHome(libc: Libc, fd: number): void {
  if (libc.setns(fd, CLONE_NEWNET) < 0) process.abort();
}
