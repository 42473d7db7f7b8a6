import { LITTLE_ENDIAN } from '../../kernel/byte-order.js';
import type { Libc } from '../../kernel/calls.js';

const SIOCGIFNAME = 0x8910;
const IFNAMSIZ = 16;
const IFREQ_LENGTH = 40;

/** Finds the names of network devices through a socket, and so in the socket's network namespace. */
export class InterfaceNames {
  readonly #names = new Map<number, string | null>();
  readonly #libc: Libc;
  readonly #fd: number;

  constructor(libc: Libc, fd: number) {
    this.#libc = libc;
    this.#fd = fd;
  }

  /** The name of the device with that index (netdevice(7)); null when it is there no more. */
  name(index: number): string | null {
    let name = this.#names.get(index);
    if (name === undefined) {
      name = this.#ask(index);
      this.#names.set(index, name);
    }
    return name;
  }

  #ask(index: number): string | null {
    const request = Buffer.alloc(IFREQ_LENGTH);
    new DataView(request.buffer, request.byteOffset).setInt32(IFNAMSIZ, index, LITTLE_ENDIAN);
    if (this.#libc.ioctl(this.#fd, SIOCGIFNAME, request) < 0) return null;
    return request.toString('utf8', 0, request.indexOf(0));
  }
}
