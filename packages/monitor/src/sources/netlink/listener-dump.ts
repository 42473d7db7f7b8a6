import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { Libc } from '../../kernel/calls.js';
import { NamespaceError } from '../../kernel/namespaces/namespace-error.js';
import type { NetworkNamespace } from '../../kernel/namespaces/network-namespace.js';
import { NetlinkError, NetlinkSocket } from '../../kernel/netlink-socket.js';
import { SourceError } from '../source-error.js';
import { DumpDatagram } from './dump-datagram.js';
import { bothFamiliesRequest, dumpRequest, noProtocolRequest } from './dump-request.js';
import { NETLINK_SOCK_DIAG } from './inet-diag.js';

/** The largest datagram that the kernel makes of a dump (netlink_recvmsg, net/netlink/af_netlink.c). */
const DATAGRAM_LENGTH = 32 * 1024;
/** How often a dump is taken until the tables do not change during it. */
const TRIES = 8;

/** The kernel walks one table for each. */
const REQUESTS = [bothFamiliesRequest('tcp'), bothFamiliesRequest('udp')];
/** The kernel walks one table for each, and passes over the other family. */
const REQUESTS_BY_FAMILY = [
  dumpRequest('tcp', 4),
  dumpRequest('tcp', 6),
  dumpRequest('udp', 4),
  dumpRequest('udp', 6),
];
const PROBE = noProtocolRequest();

/**
 * Opens a socket for NETLINK_SOCK_DIAG in a network namespace, which it keeps alive.
 *
 * @throws SourceError when the kernel refuses it, or the namespace can't be entered
 */
export function openSockDiag(libc: Libc, namespace: NetworkNamespace): NetlinkSocket {
  try {
    return namespace.within(libc, () => NetlinkSocket.open(libc, NETLINK_SOCK_DIAG));
  } catch (error) {
    throw new SourceError('netlink', reasonNotOpened(error), { cause: error });
  }
}

function reasonNotOpened(error: unknown): string {
  if (error instanceof NetlinkError) return `the kernel refused the socket (${error.code})`;
  return error instanceof NamespaceError ? error.reason : String(error);
}

/** What makes one dump differ from the last: any byte, or any but those of the sockets' queues. */
type Compared = 'all' | 'all but queues';

/** Dumps the kernel's listening sockets again and again, through one socket of {@link openSockDiag}. */
export class ListenerDump {
  readonly #socket: NetlinkSocket;
  readonly #compared: Compared;
  #requests: readonly Uint8Array[] | undefined;
  /** The datagrams of the last dumps, in the order in which they came. */
  #last: readonly DumpDatagram[] = [];

  constructor(socket: NetlinkSocket, compared: Compared = 'all') {
    this.#socket = socket;
    this.#compared = compared;
  }

  /** The datagrams of the last dumps, one behind the other. */
  get bytes(): Buffer {
    return Buffer.concat(this.#last.map(({ bytes }) => bytes));
  }

  /** Makes the next dumps differ from the last ones. */
  forget(): void {
    this.#last = [];
  }

  /**
   * Takes all dumps.
   *
   * @returns true when they differ from the dumps before, in what is compared
   * @throws SourceError when one of them fails; what is left of it makes this socket useless
   */
  take(): boolean {
    this.#requests ??= this.#dumpWhole(PROBE, []) ? REQUESTS_BY_FAMILY : REQUESTS;
    const taken: DumpDatagram[] = [];
    for (const request of this.#requests) {
      if (!this.#dumpWhole(request, taken)) {
        this.#requests = REQUESTS_BY_FAMILY;
        return this.take();
      }
    }
    const last = this.#last;
    if (taken.length === last.length && taken.every((datagram, i) => datagram === last[i])) return false;
    this.#last = taken;
    return true;
  }

  /**
   * Takes all dumps through a socket whose filter drops their ends. No more is received than came last time: what comes in
   * addition is left in the socket, which is readable then.
   *
   * @returns true when what was received is what came last time
   * @throws SourceError when a request is refused, or the socket fails
   */
  isRepeated(): boolean {
    let index = 0;
    for (const request of this.#requests ?? []) {
      this.#send(request);
      for (let done = false; !done; index++) {
        const datagram = this.#last[index];
        if (datagram === undefined) return false;
        done = datagram.part.done;
        if (!datagram.part.isEnd && !this.#isSame(datagram, this.#receiveInto(roomAt(index)))) return false;
      }
    }
    return index > 0;
  }

  #send(request: Uint8Array): void {
    try {
      this.#socket.send(request);
    } catch (error) {
      throw sourceErrorFrom(error, 'the kernel refused the request');
    }
  }

  /** Appends a whole dump; false when the kernel knows no such request. */
  #dumpWhole(request: Uint8Array, taken: DumpDatagram[]): boolean {
    const start = taken.length;
    for (let tries = 1; ; tries++) {
      const outcome = this.#dump(request, taken);
      if (outcome !== 'interrupted') return outcome === 'complete';
      if (tries === TRIES)
        throw new SourceError('netlink', `the sockets changed under each of ${TRIES} looks`);
      taken.length = start;
    }
  }

  /** Appends the datagrams of one dump. An interrupted dump must be taken again. */
  #dump(request: Uint8Array, taken: DumpDatagram[]): 'complete' | 'interrupted' | 'unknown' {
    this.#send(request);
    let interrupted = false;
    for (;;) {
      const datagram = this.#receive(taken.length);
      const { part } = datagram;
      if (part.errno > 0) {
        if (isUnknown(part.errno) && !REQUESTS_BY_FAMILY.includes(request)) return 'unknown';
        throw new SourceError('netlink', `the kernel refused the dump (${getSystemErrorName(-part.errno)})`);
      }
      taken.push(datagram);
      interrupted ||= part.interrupted;
      if (part.done) return interrupted ? 'interrupted' : 'complete';
    }
  }

  /** The next datagram: the same object as last time, if the same came at that index. */
  #receive(index: number): DumpDatagram {
    const room = roomAt(index);
    const length = this.#receiveInto(room);
    if (length < 0) throw new SourceError('netlink', `the answer broke off (${getSystemErrorName(length)})`);
    if (length > room.length) throw new SourceError('netlink', 'a datagram was truncated');
    const last = this.#last[index];
    return last !== undefined && this.#isSame(last, length) ? last : new DumpDatagram(room, length);
  }

  #isSame(last: DumpDatagram, length: number): boolean {
    return this.#compared === 'all' ? last.isReceived(length) : last.isReceivedButForQueues(length);
  }

  #receiveInto(room: Buffer): number {
    try {
      return this.#socket.receive(room);
    } catch (error) {
      throw sourceErrorFrom(error, 'the answer broke off');
    }
  }
}

/** The failure of this source, if it is the socket that failed; any other error as it is. */
export function sourceErrorFrom(error: unknown, what: string): unknown {
  if (!(error instanceof NetlinkError)) return error;
  return new SourceError('netlink', `${what} (${error.code})`, { cause: error });
}

/** True for what a kernel answers that does not know this kind of request (sock_diag_rcv_msg(), net/core/sock_diag.c). */
function isUnknown(errno: number): boolean {
  const { EINVAL, ENOENT, EOPNOTSUPP } = constants.errno;
  return errno === EINVAL || errno === ENOENT || errno === EOPNOTSUPP;
}

/** Buffers to receive into. All instances share them, since the dumps of one are taken in one synchronous stretch. */
const rooms: Buffer[] = [];

function roomAt(index: number): Buffer {
  rooms[index] ??= Buffer.alloc(DATAGRAM_LENGTH);
  return rooms[index];
}
