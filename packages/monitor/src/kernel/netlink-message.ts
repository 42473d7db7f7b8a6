/** Messages of netlink(7) (include/uapi/linux/netlink.h), in the machine's byte order. */
import { LITTLE_ENDIAN } from './byte-order.js';

export const AF_NETLINK = 16;
/** A `struct nlmsghdr`. */
export const NLMSG_HEADER_LENGTH = 16;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

/**
 * The length in a message's header, in bytes.
 *
 * @param end the end of the buffer
 * @returns 0 when no message of that length fits in there
 */
export function messageLength(view: DataView, offset: number, end: number): number {
  if (end - offset < NLMSG_HEADER_LENGTH) return 0;
  const length = view.getUint32(offset, LITTLE_ENDIAN);
  return length >= NLMSG_HEADER_LENGTH && length <= end - offset ? length : 0;
}

/** Rounds up to where the next message or attribute starts: at a multiple of four. */
export function aligned(length: number): number {
  return (length + 3) & ~3;
}
