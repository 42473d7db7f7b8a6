import { constants } from 'node:os';
import { describe, expect, test, vi } from 'vitest';
import { loadNodeFfi } from '../../src/kernel/node-ffi.js';
import { HAS_NODE_FFI, LIBC_IMPLEMENTATIONS } from './libc-implementations.js';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_SOCK_DIAG = 4;
const MSG_DONTWAIT = 0x40;
const SIOCGIFNAME = 0x8910;

describe.each(LIBC_IMPLEMENTATIONS)('the C library through $name', ({ load }) => {
  const libc = load();

  test('opens a socket, and closes it once', () => {
    const fd = libc.socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    expect(fd).toBeGreaterThan(2);
    expect(libc.close(fd)).toBe(0);
    expect(libc.close(fd)).toBe(-constants.errno.EBADF);
  });

  test('gives the negative errno of each call that fails', () => {
    const fd = libc.socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    expect(libc.socket(-1, 0, 0)).toBe(-constants.errno.EAFNOSUPPORT);
    expect(libc.recv(fd, Buffer.alloc(10), MSG_DONTWAIT)).toBe(-constants.errno.EAGAIN);
    expect(libc.send(fd, Buffer.alloc(0), 0)).toBeLessThanOrEqual(0);
    expect(libc.bind(fd, Buffer.alloc(1))).toBe(-constants.errno.EINVAL);
    expect(libc.setsockopt(fd, -1, -1, Buffer.alloc(4))).toBe(-constants.errno.ENOPROTOOPT);
    expect(libc.setns(fd, -1)).toBe(-constants.errno.EINVAL);
    expect(libc.ioctl(fd, SIOCGIFNAME, Buffer.alloc(40))).toBe(-constants.errno.ENODEV);
    libc.close(fd);
  });

  test('fills the buffer that it is given', () => {
    const fd = libc.socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    const request = Buffer.alloc(40);
    request.writeInt32LE(1, 16);
    expect(libc.ioctl(fd, SIOCGIFNAME, request)).toBe(0);
    expect(request.toString('latin1', 0, 3)).toBe('lo\0');
    libc.close(fd);
  });
});

if (!HAS_NODE_FFI) {
  test('this Node has no node:ffi, and the error says so', () => {
    expect(() => loadNodeFfi()).toThrow('node:ffi');
  });
} else {
  test('the experimental warning of node:ffi does not reach the terminal', () => {
    const emitWarning = vi.spyOn(process, 'emitWarning');
    loadNodeFfi();
    expect(emitWarning).not.toHaveBeenCalled();
  });
}
