/**
 * The calls into the C library that Portolan makes. Each returns what the call returned, or the negative
 * errno where it failed, as the kernel itself does; nothing throws.
 */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array): number;
  /** setsockopt() of SO_ATTACH_FILTER: a classic BPF program of `struct sock_filter` instructions (socket(7)). */
  attachFilter(fd: number, instructions: Uint8Array): number;
  send(fd: number, data: Uint8Array, flags: number): number;
  recv(fd: number, buffer: Uint8Array, flags: number): number;
  read(fd: number, buffer: Uint8Array): number;
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  setns(fd: number, type: number): number;
  /** Blocks the calling thread; `fds` are `struct pollfd`. */
  poll(fds: Uint8Array, timeoutMs: number): number;
  eventfd(count: number, flags: number): number;
  close(fd: number): number;
}
