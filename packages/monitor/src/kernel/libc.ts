import { KoffiLibc } from './koffi-libc.js';
import { NodeFfiLibc } from './node-ffi-libc.js';

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
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  setns(fd: number, type: number): number;
  /** Blocks the calling thread; `fds` are `struct pollfd`. */
  poll(fds: Uint8Array, timeoutMs: number): number;
  eventfd(count: number, flags: number): number;
  close(fd: number): number;
}

let loaded: Libc | Error | undefined;

/**
 * The C library, through koffi or else through the `node:ffi` of Node 26.
 *
 * @throws Error where neither is to be had
 */
export function loadLibc(): Libc {
  loaded ??= load();
  if (loaded instanceof Error) throw loaded;
  return loaded;
}

function load(): Libc | Error {
  const reasons: string[] = [];
  for (const Implementation of [KoffiLibc, NodeFfiLibc]) {
    try {
      return new Implementation();
    } catch (error) {
      reasons.push(error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error));
    }
  }
  return new Error(`no native calls: ${reasons.join('; ')}`);
}
