import { ipv4Text, ipv6Text } from '../../../address.js';
import { LITTLE_ENDIAN } from '../../../kernel/byte-order.js';
import { NLMSG_HEADER_LENGTH } from '../../../kernel/netlink-message.js';
import type { Family } from '../../../listener.js';
import { AF_INET, AF_INET6 } from '../../../sources/netlink/inet-diag.js';

/** The end of a TCP socket that had a port and no peer, in the network namespace in which it was heard. */
export interface SocketEnding {
  readonly family: Family;
  /** Canonical text, as in a `Listener`. */
  readonly address: string;
  readonly port: number;
  /** When it was read, which is later than the end itself; on CLOCK_MONOTONIC, as `process.hrtime.bigint()`. */
  readonly heardAtNs: bigint;
}

/** Where a `struct inet_diag_msg` (include/uapi/linux/inet_diag.h) behind its nlmsghdr has its fields. */
const IDIAG_FAMILY = NLMSG_HEADER_LENGTH;
export const IDIAG_SPORT = NLMSG_HEADER_LENGTH + 4;
export const IDIAG_DPORT = NLMSG_HEADER_LENGTH + 6;
const IDIAG_SRC = NLMSG_HEADER_LENGTH + 8;
export const IDIAG_WQUEUE = NLMSG_HEADER_LENGTH + 60;
/** So much of a message is read. */
export const ENDING_LENGTH = NLMSG_HEADER_LENGTH + 72;

/** The wqueue of every UDP socket: what is counted there has gone one below 0 when the socket ends. */
export const UDP_AT_ITS_END = 0xffffffff;

/**
 * Reads a message of the destroy groups that has passed the filter.
 *
 * @param message the first {@link ENDING_LENGTH} bytes
 * @returns undefined for a UDP socket
 */
export function readEnding(message: DataView, heardAtNs: bigint): SocketEnding | undefined {
  const wqueue = message.getUint32(IDIAG_WQUEUE, LITTLE_ENDIAN);
  const family = message.getUint8(IDIAG_FAMILY);
  if (wqueue === UDP_AT_ITS_END || (family !== AF_INET && family !== AF_INET6)) return undefined;
  const bytes = new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
  return {
    family: family === AF_INET ? 4 : 6,
    address: family === AF_INET ? ipv4Text(bytes, IDIAG_SRC) : ipv6Text(bytes, IDIAG_SRC),
    port: message.getUint16(IDIAG_SPORT),
    heardAtNs,
  };
}
