import { closeSync, readSync, writeSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import type { Libc } from './calls.js';

const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;

/** The counter is 64 bits in the machine's byte order. */
const ONE = new Uint8Array(BigUint64Array.of(1n).buffer);

/** A counter of the kernel that is a descriptor (eventfd(2)). It is readable while it is not zero. */
export class Eventfd {
  readonly fd: number;

  /** @param fd an eventfd that is open, such as another thread has made */
  constructor(fd: number) {
    this.fd = fd;
  }

  /**
   * Makes one, at zero.
   *
   * @throws Error when there is no descriptor left
   */
  static make(libc: Libc): Eventfd {
    const fd = libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) throw new Error(`eventfd: ${getSystemErrorName(fd)}`);
    return new Eventfd(fd);
  }

  /** Adds one. */
  write(): void {
    writeSync(this.fd, ONE);
  }

  /**
   * Sets it to zero.
   *
   * @throws Error with EAGAIN when it is zero already
   */
  read(): void {
    readSync(this.fd, new Uint8Array(ONE.length));
  }

  close(): void {
    closeSync(this.fd);
  }
}
