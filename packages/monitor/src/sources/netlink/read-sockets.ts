/**
 * Answers of NETLINK_SOCK_DIAG (include/uapi/linux/sock_diag.h and inet_diag.h). Ports and addresses are in network order,
 * all else is in the machine's.
 */
import { ipv4Text, ipv6Text } from '../../address.js';
import { LITTLE_ENDIAN } from '../../kernel/byte-order.js';
import { aligned, messageLength, NLMSG_HEADER_LENGTH } from '../../kernel/netlink-message.js';
import { type BoundSocket, boundSocket, type Family, type Protocol } from '../../listener.js';
import { LISTENING_STATE } from '../listening-state.js';
import {
  AF_INET,
  AF_INET6,
  IDIAG_RQUEUE,
  IDIAG_WQUEUE,
  INET_DIAG_MSG_LENGTH,
  SOCK_DIAG_BY_FAMILY,
  TCPDIAG_GETSOCK,
} from './inet-diag.js';

const INET_DIAG_SKV6ONLY = 11;
const INET_DIAG_CGROUP_ID = 21;
/** The high bits of an attribute's type are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER). */
const NLA_TYPE_MASK = 0x3fff;

const FAMILY = new Map<number, Family>([
  [AF_INET, 4],
  [AF_INET6, 6],
]);

/** An answer does not tell its protocol. Its state does, since TCP and UDP are asked for different ones. */
const PROTOCOL_IN_STATE = new Map<number, Protocol>([
  [LISTENING_STATE.tcp, 'tcp'],
  [LISTENING_STATE.udp, 'udp'],
]);

/** Turns the kernel's numbers into names; null when there is none, or no longer. */
export interface DiagNames {
  interfaceName(index: number): string | null;
  cgroupPath(id: number): string | null;
}

/**
 * Reads the sockets of complete dumps (`struct inet_diag_msg` and its attributes). Messages of other types are passed over.
 *
 * @returns the sockets, and the number of messages that could not be read
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
  return boundSocket({
    protocol,
    family,
    address: family === 4 ? addresses.ipv4(start + 8) : addresses.ipv6(start + 8),
    port,
    inode: view.getUint32(start + 68, LITTLE_ENDIAN),
    uid: view.getUint32(start + 64, LITTLE_ENDIAN),
    interface: interfaceIndex === 0 ? null : names.interfaceName(interfaceIndex),
    v6Only,
    backlog: view.getUint32(start + IDIAG_RQUEUE, LITTLE_ENDIAN),
    backlogLimit: protocol === 'tcp' ? view.getUint32(start + IDIAG_WQUEUE, LITTLE_ENDIAN) : null,
    cgroup,
  });
}

/** A cgroup's id has 64 bits. One beyond 2^53 is rounded, and so has no path. */
function readId(view: DataView, offset: number): number {
  return Number(view.getBigUint64(offset, LITTLE_ENDIAN));
}

/** Makes the text of each address in a dump once: hundreds of listeners share a handful of addresses. */
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
