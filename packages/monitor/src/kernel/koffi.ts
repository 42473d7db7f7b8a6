import { createRequire } from 'node:module';
import type { Libc } from './calls.js';
import { POLLFD_LENGTH, SO_ATTACH_FILTER, SOCK_FILTER_LENGTH, SOL_SOCKET } from './socket-constants.js';

type Koffi = typeof import('koffi');

/** The C library through koffi, a native module that is installed where npm could (an optional dependency). */
export class KoffiLibc implements Libc {
  readonly #koffi: Koffi;
  readonly #socket;
  readonly #bind;
  readonly #setsockopt;
  readonly #setFilter;
  readonly #sizeofFprog: number;
  readonly #send;
  readonly #recv;
  readonly #read;
  readonly #ioctl;
  readonly #setns;
  readonly #poll;
  readonly #eventfd;
  readonly #close;

  /** @throws Error where koffi is not installed, or not built for this machine */
  constructor() {
    this.#koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const libc = this.#koffi.load(null);
    this.#socket = libc.func('int socket(int, int, int)');
    this.#bind = libc.func('int bind(int, void *, uint32_t)');
    this.#setsockopt = libc.func('int setsockopt(int, int, int, void *, uint32_t)');
    const fprog = this.#koffi.struct({ len: 'uint16_t', filter: 'void *' });
    this.#setFilter = libc.func('setsockopt', 'int', [
      'int',
      'int',
      'int',
      this.#koffi.pointer(fprog),
      'uint32_t',
    ]);
    this.#sizeofFprog = this.#koffi.sizeof(fprog);
    this.#send = libc.func('intptr_t send(int, void *, size_t, int)');
    this.#recv = libc.func('intptr_t recv(int, void *, size_t, int)');
    this.#read = libc.func('intptr_t read(int, void *, size_t)');
    this.#ioctl = libc.func('int ioctl(int, unsigned long, void *)');
    this.#setns = libc.func('int setns(int, int)');
    this.#poll = libc.func('int poll(void *, unsigned long, int)');
    this.#eventfd = libc.func('int eventfd(unsigned int, int)');
    this.#close = libc.func('int close(int)');
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
    const program = { len: instructions.length / SOCK_FILTER_LENGTH, filter: instructions };
    return this.#result(this.#setFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, this.#sizeofFprog));
  }

  send(fd: number, data: Uint8Array, flags: number): number {
    return this.#result(this.#send(fd, data, data.length, flags));
  }

  recv(fd: number, buffer: Uint8Array, flags: number): number {
    return this.#result(this.#recv(fd, buffer, buffer.length, flags));
  }

  read(fd: number, buffer: Uint8Array): number {
    return this.#result(this.#read(fd, buffer, buffer.length));
  }

  ioctl(fd: number, request: number, argument: Uint8Array): number {
    return this.#result(this.#ioctl(fd, request, argument));
  }

  setns(fd: number, type: number): number {
    return this.#result(this.#setns(fd, type));
  }

  poll(fds: Uint8Array, timeoutMs: number): number {
    return this.#result(this.#poll(fds, fds.length / POLLFD_LENGTH, timeoutMs));
  }

  eventfd(count: number, flags: number): number {
    return this.#result(this.#eventfd(count, flags));
  }

  close(fd: number): number {
    return this.#result(this.#close(fd));
  }

  #result(returned: number): number {
    return returned === -1 ? -this.#koffi.errno() : returned;
  }
}
