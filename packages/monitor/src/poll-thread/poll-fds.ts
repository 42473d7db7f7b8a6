import { POLLFD_LENGTH } from '../kernel/socket-constants.js';

const POLLIN = 0x1;

/** An array of `struct pollfd` (poll(2)): a descriptor, what is asked about it, and the answer. */
export class PollFds {
  readonly bytes: Uint8Array;
  readonly #revents: Int16Array;
  readonly #ids: number[] = [];

  /** @param eventFd the eventfd that wakes the thread: it comes first, and has no id */
  constructor(eventFd: number, subjects: Iterable<readonly [id: number, fd: number]>) {
    const fds = [eventFd];
    for (const [id, fd] of subjects) {
      this.#ids.push(id);
      fds.push(fd);
    }
    this.bytes = new Uint8Array(fds.length * POLLFD_LENGTH);
    const ints = new Int32Array(this.bytes.buffer);
    this.#revents = new Int16Array(this.bytes.buffer);
    for (const [i, fd] of fds.entries()) {
      ints[2 * i] = fd;
      this.#revents[4 * i + 2] = POLLIN;
    }
  }

  /** True when the eventfd has been written to. */
  get isWoken(): boolean {
    return this.#revents[3] !== 0;
  }

  /** The ids of the descriptors that are readable, or have an error: to read one tells which error. */
  ready(): number[] {
    return this.#ids.filter((_, i) => this.#revents[4 * (i + 1) + 3] !== 0);
  }
}
