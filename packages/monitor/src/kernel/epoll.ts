import { getSystemErrorName } from 'node:util';
import { LITTLE_ENDIAN } from './byte-order.js';
import type { Libc } from './calls.js';

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 0x1;
const EPOLLONESHOT = 1 << 30;

/** A `struct epoll_event` is packed on x86-64 alone (include/uapi/linux/eventpoll.h). */
const [EVENT_LENGTH, DATA] = process.arch === 'x64' ? [12, 4] : [16, 8];
const EVENTS_AT_ONCE = 32;

/** Many descriptors as one (epoll(7)): it is readable while one of them is. To wait for many costs no more than for one. */
export class Epoll {
  readonly #libc: Libc;
  readonly #events = new Uint8Array(EVENTS_AT_ONCE * EVENT_LENGTH);
  readonly fd: number;

  /** @throws Error if no descriptor is left */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.fd = libc.epoll_create1(EPOLL_CLOEXEC);
    if (this.fd < 0) throw new Error(`epoll_create1: ${getSystemErrorName(this.fd)}`);
  }

  /**
   * Waits for a descriptor to be readable, once. To close the descriptor takes it out.
   *
   * @param id what {@link ready} tells of it
   * @returns false if the kernel refuses it
   */
  add(fd: number, id: number): boolean {
    const event = new DataView(new ArrayBuffer(EVENT_LENGTH));
    event.setUint32(0, EPOLLIN | EPOLLONESHOT, LITTLE_ENDIAN);
    event.setUint32(DATA, id, LITTLE_ENDIAN);
    return this.#libc.epoll_ctl(this.fd, EPOLL_CTL_ADD, fd, new Uint8Array(event.buffer)) === 0;
  }

  /** The ids of those that have become readable. */
  ready(): number[] {
    const ids: number[] = [];
    const view = new DataView(this.#events.buffer);
    for (;;) {
      const count = this.#libc.epoll_wait(this.fd, this.#events, EVENTS_AT_ONCE, 0);
      for (let i = 0; i < count; i++) ids.push(view.getUint32(i * EVENT_LENGTH + DATA, LITTLE_ENDIAN));
      if (count < EVENTS_AT_ONCE) return ids;
    }
  }
}
