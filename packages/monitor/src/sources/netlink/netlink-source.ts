import { getSystemErrorName } from 'node:util';
import type { Libc } from '../../kernel/libc.js';
import { loadLibc } from '../../kernel/load-libc.js';
import { groupSockets } from '../../listener.js';
import type { Source, SourceAnswer } from '../source.js';
import { SourceError } from '../source-error.js';
import { CgroupPaths } from './cgroup-paths.js';
import {
  AF_NETLINK,
  type DiagNames,
  dumpRequest,
  NETLINK_SOCK_DIAG,
  readDumpPart,
  readSockets,
} from './inet-diag.js';
import { InterfaceNames } from './interface-names.js';

const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;

/** The largest datagram that the kernel makes of a dump (netlink_recvmsg, net/netlink/af_netlink.c). */
const DATAGRAM_LENGTH = 32 * 1024;
/** How often a dump that was changed under is taken again. */
const TRIES = 8;

const REQUESTS = [dumpRequest('tcp', 4), dumpRequest('tcp', 6), dumpRequest('udp', 4), dumpRequest('udp', 6)];

/** Asks the kernel for its listening sockets over NETLINK_SOCK_DIAG (sock_diag(7)). Needs no privilege. */
export class NetlinkSource implements Source {
  readonly name = 'netlink';
  readonly #loadLibc: () => Libc;
  #libc: Libc | undefined;
  #fd = -1;
  #bytes = Buffer.alloc(4 * DATAGRAM_LENGTH);
  #length = 0;
  #lastBytes = Buffer.alloc(0);
  #lastAnswer: SourceAnswer | undefined;
  readonly #cgroups = new CgroupPaths();

  constructor(load: () => Libc = loadLibc) {
    this.#loadLibc = load;
  }

  look(): SourceAnswer {
    try {
      const libc = this.#open();
      this.#dumpAll(libc);
      return this.#answer(libc);
    } catch (error) {
      // What is left of a failed dump must not be taken for an answer to the next.
      this.close();
      throw error;
    }
  }

  close(): void {
    if (this.#fd >= 0) this.#libc?.close(this.#fd);
    this.#fd = -1;
    this.#lastAnswer = undefined;
  }

  #open(): Libc {
    this.#libc ??= this.#load();
    if (this.#fd >= 0) return this.#libc;
    this.#fd = this.#libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (this.#fd < 0)
      throw new SourceError(this.name, `the kernel refused the socket (${getSystemErrorName(this.#fd)})`);
    return this.#libc;
  }

  #load(): Libc {
    try {
      return this.#loadLibc();
    } catch (error) {
      throw new SourceError(this.name, error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    }
  }

  #dumpAll(libc: Libc): void {
    this.#length = 0;
    for (const request of REQUESTS) {
      const start = this.#length;
      for (let tries = 1; this.#dump(libc, request); tries++) {
        if (tries === TRIES)
          throw new SourceError(this.name, `the sockets changed under each of ${TRIES} looks`);
        this.#length = start;
      }
    }
  }

  /** Appends the datagrams of one dump; true if it was interrupted, and is to be taken again. */
  #dump(libc: Libc, request: Uint8Array): boolean {
    const sent = libc.send(this.#fd, request, 0);
    if (sent < 0)
      throw new SourceError(this.name, `the kernel refused the request (${getSystemErrorName(sent)})`);
    let interrupted = false;
    for (;;) {
      const start = this.#length;
      this.#makeRoom();
      const received = libc.recv(this.#fd, this.#bytes.subarray(start), MSG_DONTWAIT | MSG_TRUNC);
      if (received < 0)
        throw new SourceError(this.name, `the answer broke off (${getSystemErrorName(received)})`);
      if (received > this.#bytes.length - start) throw new SourceError(this.name, 'a datagram was truncated');
      const end = start + received;
      const part = readDumpPart(new DataView(this.#bytes.buffer, this.#bytes.byteOffset), start, end);
      if (part.malformed || received === 0) throw new SourceError(this.name, 'the answer was malformed');
      if (part.errno > 0)
        throw new SourceError(this.name, `the kernel refused the dump (${getSystemErrorName(-part.errno)})`);
      interrupted ||= part.interrupted;
      this.#length = end;
      if (part.done) return interrupted;
    }
  }

  #makeRoom(): void {
    if (this.#bytes.length - this.#length >= DATAGRAM_LENGTH) return;
    const larger = Buffer.alloc(2 * this.#bytes.length);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  #answer(libc: Libc): SourceAnswer {
    const bytes = this.#bytes.subarray(0, this.#length);
    if (this.#lastAnswer !== undefined && bytes.equals(this.#lastBytes)) return this.#lastAnswer;
    const { sockets, skipped } = readSockets(bytes, this.#names(libc));
    this.#lastAnswer = { listeners: groupSockets(sockets), skipped };
    this.#lastBytes = Buffer.from(bytes);
    return this.#lastAnswer;
  }

  #names(libc: Libc): DiagNames {
    const interfaces = new InterfaceNames(libc, this.#fd);
    return {
      interfaceName: (index) => interfaces.name(index),
      cgroupPath: (id) => this.#cgroups.path(id),
    };
  }
}
