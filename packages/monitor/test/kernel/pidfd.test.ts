import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { Epoll } from '../../src/kernel/epoll.js';
import { openPidfd } from '../../src/kernel/pidfd.js';
import { LIBC_IMPLEMENTATIONS } from './libc-implementations.js';

/** No process has it: the highest pid that there may be is 2^22. */
const NOBODY = 0x7fff_ffff;

describe.each(LIBC_IMPLEMENTATIONS)('the descriptor of a process, through $name', ({ load }) => {
  const libc = load();

  test('is ready once, when the process has ended', async () => {
    const epoll = new Epoll(libc);
    const children = [1, 2].map(() => spawn('sleep', ['60']));
    const pidfds = children.map(({ pid }) => openPidfd(libc, pid ?? 0));
    try {
      for (const [id, pidfd] of pidfds.entries()) expect(epoll.add(pidfd, id)).toBe(true);
      expect(epoll.ready()).toEqual([]);
      const ended = once(children[1] ?? process, 'exit');
      children[1]?.kill('SIGKILL');
      await ended;
      expect(epoll.ready()).toEqual([1]);
      expect(epoll.ready()).toEqual([]);
    } finally {
      for (const child of children) child.kill('SIGKILL');
      for (const fd of [...pidfds, epoll.fd]) libc.close(fd);
    }
  });

  test('can not be had of a process that is gone', () => {
    expect(openPidfd(libc, NOBODY)).toBe(-constants.errno.ESRCH);
  });
});
