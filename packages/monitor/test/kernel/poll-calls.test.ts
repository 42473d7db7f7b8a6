import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { LIBC_IMPLEMENTATIONS } from './libc-implementations.js';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_SOCK_DIAG = 4;
const POLLIN = 1;
const BPF_RET_K = 0x06;

describe.each(LIBC_IMPLEMENTATIONS)('waiting through $name', ({ load }) => {
  const libc = load();

  test('poll() tells which descriptors are readable, or that the time is over', () => {
    const fds = [libc.eventfd(0, 0), libc.eventfd(0, 0)];
    const pollFds = new Int16Array(8);
    new Int32Array(pollFds.buffer).set([fds[0] ?? -1, POLLIN, fds[1] ?? -1, POLLIN]);
    const bytes = new Uint8Array(pollFds.buffer);
    expect(libc.poll(bytes, 0)).toBe(0);
    writeSync(fds[1] ?? -1, new Uint8Array(BigUint64Array.of(1n).buffer));
    expect(libc.poll(bytes, 1000)).toBe(1);
    expect([pollFds[3], pollFds[7]]).toEqual([0, POLLIN]);
    for (const fd of fds) libc.close(fd);
  });

  test('eventfd() gives the negative errno where it fails', () => {
    expect(libc.eventfd(0, -1)).toBe(-constants.errno.EINVAL);
  });

  test('attachFilter() takes a program, and gives the negative errno for one that is none', () => {
    const fd = libc.socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    const program = new Uint8Array(8);
    expect(libc.attachFilter(fd, program)).toBe(-constants.errno.EINVAL);
    new Uint16Array(program.buffer)[0] = BPF_RET_K;
    expect(libc.attachFilter(fd, program)).toBe(0);
    libc.close(fd);
    expect(libc.attachFilter(fd, program)).toBe(-constants.errno.EBADF);
  });
});
