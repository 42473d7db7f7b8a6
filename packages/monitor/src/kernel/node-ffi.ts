import { createRequire } from 'node:module';
import type { Libc } from './calls.js';
import { POLLFD_LENGTH, SO_ATTACH_FILTER, SOCK_FILTER_LENGTH, SOL_SOCKET } from './socket-constants.js';

type Native = (...args: (number | bigint | Uint8Array)[]) => number | bigint;

/** What is used of `node:ffi` (Node 26.1, doc/api/ffi.md). */
interface NodeFfi {
  dlopen(
    path: string | null,
    definitions: Record<string, { arguments: string[]; return: string }>,
  ): { functions: Record<string, Native> };
  getRawPointer(buffer: Uint8Array): bigint;
  toArrayBuffer(pointer: bigint, length: number, copy: boolean): ArrayBuffer;
}

/** The C library through the `node:ffi` that is built into Node 26.1 and newer. */
export class NodeFfiLibc implements Libc {
  /**
   * This thread's errno, seen where it lives: a call to `__errno_location` after the failed one would find
   * it overwritten.
   */
  readonly #errno: Int32Array;
  readonly #ffi: NodeFfi;
  readonly #socket;
  readonly #bind;
  readonly #setsockopt;
  readonly #send;
  readonly #recv;
  readonly #read;
  readonly #ioctl;
  readonly #setns;
  readonly #poll;
  readonly #eventfd;
  readonly #close;

  /** @throws Error where this Node has no `node:ffi` */
  constructor() {
    const ffi = requireQuietly();
    this.#ffi = ffi;
    const native = (name: string, result: string, ...args: string[]): Native => {
      const { functions } = ffi.dlopen(null, { [name]: { arguments: args, return: result } });
      return functions[name] as Native;
    };
    const errnoLocation = native('__errno_location', 'pointer')() as bigint;
    this.#errno = new Int32Array(ffi.toArrayBuffer(errnoLocation, Int32Array.BYTES_PER_ELEMENT, false));
    this.#socket = native('socket', 'int32', 'int32', 'int32', 'int32');
    this.#bind = native('bind', 'int32', 'int32', 'buffer', 'uint32');
    this.#setsockopt = native('setsockopt', 'int32', 'int32', 'int32', 'int32', 'buffer', 'uint32');
    this.#send = native('send', 'int64', 'int32', 'buffer', 'uint64', 'int32');
    this.#recv = native('recv', 'int64', 'int32', 'buffer', 'uint64', 'int32');
    this.#read = native('read', 'int64', 'int32', 'buffer', 'uint64');
    this.#ioctl = native('ioctl', 'int32', 'int32', 'uint64', 'buffer');
    this.#setns = native('setns', 'int32', 'int32', 'int32');
    this.#poll = native('poll', 'int32', 'buffer', 'uint64', 'int32');
    this.#eventfd = native('eventfd', 'int32', 'uint32', 'int32');
    this.#close = native('close', 'int32', 'int32');
  }

  socket(domain: number, type: number, protocol: number): number {
    return this.#result(this.#socket(domain, type, protocol));
  }

  bind(fd: number, address: Uint8Array): number {
    return this.#result(this.#bind(fd, address, address.length));
  }

  setsockopt(fd: number, level: number, name: number, value: Uint8Array): number {
    return this.#result(this.#setsockopt(fd, level, name, value, value.length));
  }

  attachFilter(fd: number, instructions: Uint8Array): number {
    const program = sockFprog(
      instructions.length / SOCK_FILTER_LENGTH,
      this.#ffi.getRawPointer(instructions),
    );
    return this.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program);
  }

  send(fd: number, data: Uint8Array, flags: number): number {
    return this.#result(this.#send(fd, data, BigInt(data.length), flags));
  }

  recv(fd: number, buffer: Uint8Array, flags: number): number {
    return this.#result(this.#recv(fd, buffer, BigInt(buffer.length), flags));
  }

  read(fd: number, buffer: Uint8Array): number {
    return this.#result(this.#read(fd, buffer, BigInt(buffer.length)));
  }

  ioctl(fd: number, request: number, argument: Uint8Array): number {
    return this.#result(this.#ioctl(fd, BigInt(request), argument));
  }

  setns(fd: number, type: number): number {
    return this.#result(this.#setns(fd, type));
  }

  poll(fds: Uint8Array, timeoutMs: number): number {
    return this.#result(this.#poll(fds, BigInt(fds.length / POLLFD_LENGTH), timeoutMs));
  }

  eventfd(count: number, flags: number): number {
    return this.#result(this.#eventfd(count, flags));
  }

  close(fd: number): number {
    return this.#result(this.#close(fd));
  }

  #result(returned: number | bigint): number {
    const value = Number(returned);
    return value === -1 ? -(this.#errno[0] ?? 0) : value;
  }
}

/** A `struct sock_fprog` (include/uapi/linux/filter.h). Every machine that has `node:ffi` has 64-bit pointers. */
function sockFprog(count: number, address: bigint): Uint8Array {
  const program = new BigUint64Array(2);
  new Uint16Array(program.buffer)[0] = count;
  program[1] = address;
  return new Uint8Array(program.buffer);
}

/** Loads `node:ffi` without its experimental warning, which is no news to whoever looks at a terminal. */
function requireQuietly(): NodeFfi {
  const emitWarning = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    return createRequire(import.meta.url)('node:ffi') as NodeFfi;
  } finally {
    process.emitWarning = emitWarning;
  }
}
