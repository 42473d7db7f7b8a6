import { POLLFD_LENGTH } from '../kernel/socket-constants.js';

const POLLIN = 0x1;

/** An array of `struct pollfd` (poll(2)): the descriptor, what is asked for, what is the answer. */
export class PollFds {
  readonly bytes: Uint8Array;
  readonly #revents: Int16Array;
  readonly #ids: number[] = [];

  /** @param eventFd comes first, and is no subject of its own */
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

  /** Whether the eventfd has been written to. */
  get isWoken(): boolean {
    return this.#revents[3] !== 0;
  }

  /** Which subjects have something to tell. Errors count as well: whoever reads the descriptor is told which one it is. */
  ready(): number[] {
    return this.#ids.filter((_, i) => this.#revents[4 * (i + 1) + 3] !== 0);
  }
}
