import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import type { Libc } from '../calls.js';

const CLONE_NEWNET = 0x40000000;

/**
 * Calls `act` while this thread is in another network namespace (setns(2)). A socket that is made there stays there. It
 * takes CAP_SYS_ADMIN.
 *
 * @param path the namespace's file, such as `/proc/1/ns/net`
 * @param inode the inode of that file, if only a certain namespace will do: by now the path may lead to another one
 * @throws Error when that namespace can't be entered; what `act` throws
 */
export function inNetworkNamespace<T>(libc: Libc, path: string, act: () => T, inode?: number): T {
  const home = openSync('/proc/thread-self/ns/net', 'r');
  try {
    // Whoever may not come back must not leave: in a user namespace of its own, a process may enter just what was made there.
    enter(libc, home);
    // By now the path may lead to a pipe, for whose writer open(2) would wait.
    const there = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
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

/** Ends the program when there is no way back: it would go on in a namespace that it does not know of. */
function goHome(libc: Libc, fd: number): void {
  if (libc.setns(fd, CLONE_NEWNET) < 0) process.abort();
}
