import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { Libc } from './calls.js';

const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;

/** The counter is 64 bits in the machine's byte order. */
const ONE = new Uint8Array(BigUint64Array.of(1n).buffer);

/**
 * A counter of the kernel that is a descriptor (eventfd(2)). It is readable while it is not zero. All goes through the C library,
 * since Deno's node:fs knows no descriptor that it has not opened.
 */
export class Eventfd {
  readonly #libc: Libc;
  readonly fd: number;

  /** @param fd an eventfd that is open, such as another thread has made */
  constructor(libc: Libc, fd: number) {
    this.#libc = libc;
    this.fd = fd;
  }

  /**
   * Makes one, at zero.
   *
   * @throws Error when there is no descriptor left
   */
  static make(libc: Libc): Eventfd {
    return new Eventfd(libc, checked(libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)));
  }

  /**
   * Adds one.
   *
   * @throws Error when the descriptor is none
   */
  write(): void {
    checked(this.#libc.write(this.fd, ONE));
  }

  /**
   * Sets it to zero, which it may be already.
   *
   * @throws Error when the descriptor is none
   */
  read(): void {
    const length = this.#libc.read(this.fd, new Uint8Array(ONE.length));
    if (length !== -constants.errno.EAGAIN) checked(length);
  }

  close(): void {
    this.#libc.close(this.fd);
  }
}

function checked(result: number): number {
  if (result < 0) throw new Error(`eventfd: ${getSystemErrorName(result)}`);
  return result;
}
