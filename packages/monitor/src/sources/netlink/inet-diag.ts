/**
 * The wire format of NETLINK_SOCK_DIAG (include/uapi/linux/netlink.h, sock_diag.h and inet_diag.h). All in the
 * machine's byte order, but for ports and addresses, which are in network order.
 */
import { endianness } from 'node:os';
import { ipv4Text, ipv6Text } from '../../address.js';
import type { BoundSocket, Family, Protocol } from '../../listener.js';

export const AF_NETLINK = 16;
export const NETLINK_SOCK_DIAG = 4;

const NLMSG_HEADER_LENGTH = 16;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST = 0x1;
const NLM_F_DUMP = 0x300;
const NLM_F_DUMP_INTR = 0x10;
const SOCK_DIAG_BY_FAMILY = 20;
const TCPDIAG_GETSOCK = 18;

const AF_INET = 2;
const AF_INET6 = 10;
const IPPROTO: Record<Protocol, number> = { tcp: 6, udp: 17 };
const TCP_CLOSE = 7;
const TCP_LISTEN = 10;

const INET_DIAG_REQ_LENGTH = 60;
const INET_DIAG_REQ_V2_LENGTH = 56;
const INET_DIAG_REQ_PROTOCOL = 3;
const PROTOCOL_ATTRIBUTE_LENGTH = 8;
/** Beyond IPPROTO_MAX, so that no module is searched for. */
const NO_PROTOCOL = 0xffff;
const INET_DIAG_MSG_LENGTH = 72;
const INET_DIAG_SKV6ONLY = 11;
const INET_DIAG_CGROUP_ID = 21;
/** The high bits of an attribute's type are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER). */
const NLA_TYPE_MASK = 0x3fff;

const FAMILY = new Map<number, Family>([
  [AF_INET, 4],
  [AF_INET6, 6],
]);

/** What was asked for tells the protocol of an answer: no state was asked of both. */
const PROTOCOL_IN_STATE = new Map<number, Protocol>([
  [TCP_LISTEN, 'tcp'],
  [TCP_CLOSE, 'udp'],
]);

const LITTLE_ENDIAN = endianness() === 'LE';

/** A bound UDP socket is in state CLOSE; a connected one is not. */
const LISTENING_STATE: Record<Protocol, number> = { tcp: TCP_LISTEN, udp: TCP_CLOSE };

/**
 * A request for all listening sockets of one protocol and family: a `struct nlmsghdr` and a `struct
 * inet_diag_req_v2`. With a mask of LISTEN alone the kernel walks its table of listeners and no other. The
 * sequence number is the same for all, so that equal answers are equal byte for byte.
 */
export function dumpRequest(protocol: Protocol, family: Family): Uint8Array {
  const { request, view } = dumpHeader(SOCK_DIAG_BY_FAMILY, INET_DIAG_REQ_V2_LENGTH);
  view.setUint8(16, family === 4 ? AF_INET : AF_INET6);
  view.setUint8(17, IPPROTO[protocol]);
  view.setUint32(20, 1 << LISTENING_STATE[protocol], LITTLE_ENDIAN);
  return request;
}

/**
 * A request for the listening sockets of one protocol, of both families at once: the kernel keeps both in one table. Only
 * the older form has no family (`struct inet_diag_req`; inet_diag_dump_compat(), net/ipv4/inet_diag.c), and it means TCP
 * unless the attribute INET_DIAG_REQ_PROTOCOL says otherwise, which kernels before 5.9 pass over.
 */
export function bothFamiliesRequest(protocol: Protocol): Uint8Array {
  return compatRequest(IPPROTO[protocol], LISTENING_STATE[protocol]);
}

/**
 * The same of a protocol that there is not. It is refused by a kernel that knows the attribute, and answered by one that
 * does not.
 */
export function noProtocolRequest(): Uint8Array {
  return compatRequest(NO_PROTOCOL, TCP_LISTEN);
}

function compatRequest(protocol: number, state: number): Uint8Array {
  const { request, view } = dumpHeader(TCPDIAG_GETSOCK, INET_DIAG_REQ_LENGTH + PROTOCOL_ATTRIBUTE_LENGTH);
  const attribute = NLMSG_HEADER_LENGTH + INET_DIAG_REQ_LENGTH;
  view.setUint32(NLMSG_HEADER_LENGTH + 52, 1 << state, LITTLE_ENDIAN);
  view.setUint16(attribute, PROTOCOL_ATTRIBUTE_LENGTH, LITTLE_ENDIAN);
  view.setUint16(attribute + 2, INET_DIAG_REQ_PROTOCOL, LITTLE_ENDIAN);
  view.setUint32(attribute + 4, protocol, LITTLE_ENDIAN);
  return request;
}

function dumpHeader(type: number, bodyLength: number): { request: Uint8Array; view: DataView } {
  const request = new Uint8Array(NLMSG_HEADER_LENGTH + bodyLength);
  const view = new DataView(request.buffer);
  view.setUint32(0, request.length, LITTLE_ENDIAN);
  view.setUint16(4, type, LITTLE_ENDIAN);
  view.setUint16(6, NLM_F_REQUEST | NLM_F_DUMP, LITTLE_ENDIAN);
  view.setUint32(8, 1, LITTLE_ENDIAN);
  return { request, view };
}

/** How a dump stands after one of its datagrams. */
export interface DumpPart {
  /** The last message of the dump was among them. */
  readonly done: boolean;
  /** The tables changed under the dump, which must be taken again. */
  readonly interrupted: boolean;
  /** What the kernel refused it with, positive; 0 where it did not. */
  readonly errno: number;
  /** The bytes are no netlink messages, or none at all, or are cut off. */
  readonly malformed: boolean;
}

/** Looks at the headers of one datagram's messages (`struct nlmsghdr`), not at the sockets in them. */
export function readDumpPart(datagram: Uint8Array): DumpPart {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  let done = false;
  let interrupted = false;
  let offset = 0;
  do {
    const length = messageLength(view, offset, datagram.length);
    if (length === 0) return { done, interrupted, errno: 0, malformed: true };
    const type = view.getUint16(offset + 4, LITTLE_ENDIAN);
    if (view.getUint16(offset + 6, LITTLE_ENDIAN) & NLM_F_DUMP_INTR) interrupted = true;
    if (type === NLMSG_ERROR || type === NLMSG_DONE) {
      // Both start with an int that is a negative errno: struct nlmsgerr, and the end of a dump.
      const payload = offset + NLMSG_HEADER_LENGTH;
      const errno = length >= NLMSG_HEADER_LENGTH + 4 ? -view.getInt32(payload, LITTLE_ENDIAN) : 0;
      if (errno > 0) return { done: true, interrupted, errno, malformed: false };
      if (type === NLMSG_ERROR) return { done, interrupted, errno: 0, malformed: true };
      done = true;
    }
    offset += aligned(length);
  } while (offset < datagram.length);
  return { done, interrupted, errno: 0, malformed: false };
}

/** Turns the kernel's numbers into names; null where there is none (any more). */
export interface DiagNames {
  interfaceName(index: number): string | null;
  cgroupPath(id: number): string | null;
}

/**
 * Reads the sockets of complete dumps (`struct inet_diag_msg` and its attributes). Messages that are none,
 * or that are too short, are passed over; the latter are counted.
 */
export function readSockets(
  bytes: Uint8Array,
  names: DiagNames,
): { sockets: BoundSocket[]; skipped: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const addresses = new AddressTexts(bytes);
  const sockets: BoundSocket[] = [];
  let skipped = 0;
  let offset = 0;
  while (offset < bytes.length) {
    const length = messageLength(view, offset, bytes.length);
    if (length === 0) return { sockets, skipped: skipped + 1 };
    const type = view.getUint16(offset + 4, LITTLE_ENDIAN);
    if (type === SOCK_DIAG_BY_FAMILY || type === TCPDIAG_GETSOCK) {
      const socket = readSocket(view, offset + NLMSG_HEADER_LENGTH, offset + length, addresses, names);
      if (socket === undefined) skipped++;
      else sockets.push(socket);
    }
    offset += aligned(length);
  }
  return { sockets, skipped };
}

function readSocket(
  view: DataView,
  start: number,
  end: number,
  addresses: AddressTexts,
  names: DiagNames,
): BoundSocket | undefined {
  if (end - start < INET_DIAG_MSG_LENGTH) return undefined;
  const family = FAMILY.get(view.getUint8(start));
  const protocol = PROTOCOL_IN_STATE.get(view.getUint8(start + 1));
  const port = view.getUint16(start + 4);
  if (family === undefined || protocol === undefined || port === 0) return undefined;

  let v6Only: boolean | null = null;
  let cgroup: string | null = null;
  let attribute = start + INET_DIAG_MSG_LENGTH;
  while (attribute + 4 <= end) {
    const length = view.getUint16(attribute, LITTLE_ENDIAN);
    if (length < 4 || attribute + length > end) break;
    const type = view.getUint16(attribute + 2, LITTLE_ENDIAN) & NLA_TYPE_MASK;
    if (type === INET_DIAG_SKV6ONLY && length >= 5 && family === 6) {
      v6Only = view.getUint8(attribute + 4) !== 0;
    } else if (type === INET_DIAG_CGROUP_ID && length >= 12) {
      cgroup = names.cgroupPath(readId(view, attribute + 4));
    }
    attribute += aligned(length);
  }

  const interfaceIndex = view.getUint32(start + 40, LITTLE_ENDIAN);
  return {
    protocol,
    family,
    address: family === 4 ? addresses.ipv4(start + 8) : addresses.ipv6(start + 8),
    port,
    inode: view.getUint32(start + 68, LITTLE_ENDIAN),
    uid: view.getUint32(start + 64, LITTLE_ENDIAN),
    interface: interfaceIndex === 0 ? null : names.interfaceName(interfaceIndex),
    v6Only,
    backlog: view.getUint32(start + 56, LITTLE_ENDIAN),
    backlogLimit: protocol === 'tcp' ? view.getUint32(start + 60, LITTLE_ENDIAN) : null,
    cgroup,
  };
}

/** The ids of cgroups are 64 bits; one beyond 2^53 is rounded and so found under no name. */
function readId(view: DataView, offset: number): number {
  return Number(view.getBigUint64(offset, LITTLE_ENDIAN));
}

/** The length in a message's header; 0 where no message of that length can be there. */
function messageLength(view: DataView, offset: number, end: number): number {
  if (end - offset < NLMSG_HEADER_LENGTH) return 0;
  const length = view.getUint32(offset, LITTLE_ENDIAN);
  return length >= NLMSG_HEADER_LENGTH && length <= end - offset ? length : 0;
}

/** Messages and attributes start at multiples of four. */
function aligned(length: number): number {
  return (length + 3) & ~3;
}

/** The texts of addresses in a dump: hundreds of listeners share a handful of addresses. */
class AddressTexts {
  readonly #texts = new Map<string, string>();
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  ipv4(offset: number): string {
    return this.#text(offset, 4, ipv4Text);
  }

  ipv6(offset: number): string {
    return this.#text(offset, 16, ipv6Text);
  }

  #text(offset: number, length: number, toText: (bytes: Uint8Array, offset: number) => string): string {
    const key = this.#bytes.toString('latin1', offset, offset + length);
    let text = this.#texts.get(key);
    if (text === undefined) {
      text = toText(this.#bytes, offset);
      this.#texts.set(key, text);
    }
    return text;
  }
}
