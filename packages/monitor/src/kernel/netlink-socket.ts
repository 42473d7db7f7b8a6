import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { Libc } from './calls.js';
import { AF_NETLINK } from './netlink-message.js';
import { MSG_DONTWAIT, SO_DETACH_FILTER, SOCK_CLOEXEC, SOCK_RAW, SOL_SOCKET } from './socket-constants.js';

const MSG_TRUNC = 0x20;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
/** A `struct sockaddr_nl` (netlink(7)). */
const SOCKADDR_NL_LENGTH = 12;

/** What {@link NetlinkSocket.receive} returns when no message waits. */
export const NOTHING_WAITS = -constants.errno.EAGAIN;
/** What {@link NetlinkSocket.receive} returns when the kernel had to drop messages, and told so. */
export const MESSAGES_LOST = -constants.errno.ENOBUFS;

/** The calls that a netlink socket makes, by what they are for. */
type NetlinkOperation = 'open' | 'join' | 'filter' | 'send' | 'receive';

/** The kernel refused an operation of a netlink socket. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  /** The errno's name, such as `EPERM`. */
  readonly code: string;

  /** @param errno negative, as the call returned it */
  constructor(
    readonly operation: NetlinkOperation,
    errno: number,
  ) {
    const code = getSystemErrorName(errno);
    super(`netlink: ${operation}: ${code}`);
    this.code = code;
  }
}

/** A netlink socket (netlink(7)), which stays in the network namespace that it was opened in. */
export class NetlinkSocket {
  readonly #libc: Libc;
  readonly fd: number;

  /** @param fd a netlink socket that is open, such as another thread has opened */
  constructor(libc: Libc, fd: number) {
    this.#libc = libc;
    this.fd = fd;
  }

  /**
   * Opens one in the network namespace of this thread.
   *
   * @param protocol such as NETLINK_SOCK_DIAG
   * @throws NetlinkError when the kernel has no such protocol, or refuses it
   */
  static open(libc: Libc, protocol: number): NetlinkSocket {
    const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    return new NetlinkSocket(libc, checked('open', fd));
  }

  /**
   * Joins multicast groups.
   *
   * @param groups a bit for each group, the lowest for group 1
   * @throws NetlinkError when this process may not
   */
  join(groups: number): void {
    const address = new Uint8Array(SOCKADDR_NL_LENGTH);
    new Uint16Array(address.buffer)[0] = AF_NETLINK;
    new Uint32Array(address.buffer)[2] = groups;
    checked('join', this.#libc.bind(this.fd, address));
  }

  /**
   * Has a classic BPF program decide which messages come (socket(7)).
   *
   * @param program of `assemble`
   * @throws NetlinkError when the kernel refuses it
   */
  filter(program: Uint8Array): void {
    checked('filter', this.#libc.attachFilter(this.fd, program));
  }

  /** Has all messages come again. What the filter let through before stays to be received. */
  dropFilter(): void {
    this.#libc.setsockopt(this.fd, SOL_SOCKET, SO_DETACH_FILTER, new Uint8Array(4));
  }

  /** Asks for room for that many bytes of waiting messages. Without CAP_NET_ADMIN, net.core.rmem_max is the most. */
  makeRoom(bytes: number): void {
    // The kernel doubles what it is told (sock_setsockopt(), net/core/sock.c).
    const value = new Uint8Array(Int32Array.of(bytes / 2).buffer);
    if (this.#libc.setsockopt(this.fd, SOL_SOCKET, SO_RCVBUFFORCE, value) < 0)
      this.#libc.setsockopt(this.fd, SOL_SOCKET, SO_RCVBUF, value);
  }

  /**
   * Sends a message to the kernel.
   *
   * @throws NetlinkError when it is refused
   */
  send(message: Uint8Array): void {
    checked('send', this.#libc.send(this.fd, message, 0));
  }

  /**
   * Receives the next datagram, if one waits.
   *
   * @returns its length in bytes, which is more than the buffer's when it does not fit; {@link NOTHING_WAITS};
   *   {@link MESSAGES_LOST}
   * @throws NetlinkError when the socket fails
   */
  receive(buffer: Uint8Array): number {
    for (;;) {
      const received = this.#libc.recv(this.fd, buffer, MSG_DONTWAIT | MSG_TRUNC);
      if (received >= 0 || received === NOTHING_WAITS || received === MESSAGES_LOST) return received;
      if (received !== -constants.errno.EINTR) throw new NetlinkError('receive', received);
    }
  }

  close(): void {
    this.#libc.close(this.fd);
  }
}

function checked(operation: NetlinkOperation, result: number): number {
  if (result < 0) throw new NetlinkError(operation, result);
  return result;
}
