import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { Libc } from '../../kernel/libc.js';
import { MSG_DONTWAIT, SOCK_CLOEXEC, SOCK_RAW } from '../../kernel/structs.js';
import type { NetworkNamespace } from '../../namespaces/network-namespace.js';
import { PlaceError } from '../../place-error.js';
import { SourceError } from '../source-error.js';
import {
  AF_NETLINK,
  bothFamiliesRequest,
  dumpRequest,
  NETLINK_SOCK_DIAG,
  noProtocolRequest,
  readDumpPart,
} from './inet-diag.js';

const MSG_TRUNC = 0x20;

/** The largest datagram that the kernel makes of a dump (netlink_recvmsg, net/netlink/af_netlink.c). */
const DATAGRAM_LENGTH = 32 * 1024;
/** How often a dump that was changed under is taken again. */
const TRIES = 8;

/** Each walks one of the kernel's tables. */
const REQUESTS = [bothFamiliesRequest('tcp'), bothFamiliesRequest('udp')];
/** Each walks a table and passes over the other family. */
const REQUESTS_BY_FAMILY = [
  dumpRequest('tcp', 4),
  dumpRequest('tcp', 6),
  dumpRequest('udp', 4),
  dumpRequest('udp', 6),
];
const PROBE = noProtocolRequest();

/**
 * A socket that NETLINK_SOCK_DIAG is asked through. It keeps its network namespace alive.
 *
 * @throws SourceError where the kernel refuses it, or the namespace can't be entered
 */
export function openSockDiag(libc: Libc, namespace: NetworkNamespace): number {
  const fd = socketIn(libc, namespace);
  if (fd < 0) throw new SourceError('netlink', `the kernel refused the socket (${getSystemErrorName(fd)})`);
  return fd;
}

function socketIn(libc: Libc, namespace: NetworkNamespace): number {
  try {
    return namespace.within(libc, () => libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  } catch (error) {
    const reason = error instanceof PlaceError ? error.reason : String(error);
    throw new SourceError('netlink', reason, { cause: error });
  }
}

/** The kernel's listening sockets, dumped again and again through one socket of {@link openSockDiag}. */
export class ListenerDump {
  readonly #libc: Libc;
  readonly #fd: number;
  #requests: readonly Uint8Array[] | undefined;
  #last = Buffer.alloc(0);
  /** Where in it each of the dumps ends. */
  #ends: readonly number[] = [];
  /** Whether something of the dump that is being taken is not where it was. */
  #hasNews = false;

  constructor(libc: Libc, fd: number) {
    this.#libc = libc;
    this.#fd = fd;
  }

  /** The datagrams of the last dumps, one behind the other. */
  get bytes(): Buffer {
    return this.#last;
  }

  /**
   * Takes all dumps.
   *
   * @returns whether they differ in any byte from those taken before
   * @throws SourceError where one of them fails; what is left of it makes this socket useless
   */
  take(): boolean {
    this.#requests ??= this.#dumpWhole(PROBE) ? REQUESTS_BY_FAMILY : REQUESTS;
    received.length = 0;
    this.#hasNews = false;
    const ends: number[] = [];
    for (const request of this.#requests) {
      if (!this.#dumpWhole(request)) {
        this.#requests = REQUESTS_BY_FAMILY;
        return this.take();
      }
      ends.push(received.length);
    }
    const { length } = received;
    if (length === this.#last.length && (!this.#hasNews || received.equals(this.#last, 0, length)))
      return false;
    this.#last = Buffer.from(received.bytes);
    this.#ends = ends;
    return true;
  }

  /** Appends a whole dump; false where the kernel knows no such request. */
  #dumpWhole(request: Uint8Array): boolean {
    const start = received.length;
    for (let tries = 1; ; tries++) {
      const outcome = this.#dump(request);
      if (outcome !== 'interrupted') return outcome === 'complete';
      if (tries === TRIES)
        throw new SourceError('netlink', `the sockets changed under each of ${TRIES} looks`);
      received.length = start;
    }
  }

  /** Appends the datagrams of one dump. One that was interrupted is to be taken again. */
  #dump(request: Uint8Array): 'complete' | 'interrupted' | 'unknown' {
    const sent = this.#libc.send(this.#fd, request, 0);
    if (sent < 0)
      throw new SourceError('netlink', `the kernel refused the request (${getSystemErrorName(sent)})`);
    let interrupted = false;
    for (;;) {
      const start = received.length;
      const room = received.room();
      const length = this.#libc.recv(this.#fd, room, MSG_DONTWAIT | MSG_TRUNC);
      if (length < 0)
        throw new SourceError('netlink', `the answer broke off (${getSystemErrorName(length)})`);
      if (length > room.length) throw new SourceError('netlink', 'a datagram was truncated');
      const end = start + length;
      // What is as it was, and where it was, needs no reading: thousands of headers may be in it.
      if (length > 0 && received.equals(this.#last, start, end)) {
        received.length = end;
        if (this.#ends.includes(end)) return interrupted ? 'interrupted' : 'complete';
        continue;
      }
      this.#hasNews = true;
      const part = readDumpPart(received.view, start, end);
      if (part.malformed || length === 0) throw new SourceError('netlink', 'the answer was malformed');
      if (part.errno > 0) {
        if (isUnknown(part.errno) && !REQUESTS_BY_FAMILY.includes(request)) return 'unknown';
        throw new SourceError('netlink', `the kernel refused the dump (${getSystemErrorName(-part.errno)})`);
      }
      interrupted ||= part.interrupted;
      received.length = end;
      if (part.done) return interrupted ? 'interrupted' : 'complete';
    }
  }
}

/** What is answered to a kind of request that is not known (sock_diag_rcv_msg(), net/core/sock_diag.c). */
function isUnknown(errno: number): boolean {
  const { EINVAL, ENOENT, EOPNOTSUPP } = constants.errno;
  return errno === EINVAL || errno === ENOENT || errno === EOPNOTSUPP;
}

/** Bytes that grow at their end, in room for one more datagram. */
class DumpBuffer {
  #memory = Buffer.alloc(2 * DATAGRAM_LENGTH);
  view = new DataView(this.#memory.buffer, this.#memory.byteOffset);
  length = 0;

  get bytes(): Buffer {
    return this.#memory.subarray(0, this.length);
  }

  /** Whether the same is between two offsets of other bytes. */
  equals(other: Buffer, start: number, end: number): boolean {
    return end <= other.length && this.#memory.compare(other, start, end, start, end) === 0;
  }

  /** Where the next datagram goes. */
  room(): Buffer {
    if (this.#memory.length - this.length < DATAGRAM_LENGTH) {
      const larger = Buffer.alloc(2 * this.#memory.length);
      this.#memory.copy(larger, 0, 0, this.length);
      this.#memory = larger;
      this.view = new DataView(larger.buffer, larger.byteOffset);
    }
    return this.#memory.subarray(this.length);
  }
}

/** What is being received: all dumps of a {@link ListenerDump} are taken in one stretch, so that one is enough for many. */
const received = new DumpBuffer();
