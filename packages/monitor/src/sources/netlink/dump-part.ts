import { LITTLE_ENDIAN } from '../../kernel/byte-order.js';
import {
  aligned,
  messageLength,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HEADER_LENGTH,
} from '../../kernel/netlink-message.js';

const NLM_F_DUMP_INTR = 0x10;

/** How a dump stands after one of its datagrams. */
export interface DumpPart {
  /** True when the last message of the dump is in it. */
  readonly done: boolean;
  /** True when there is nothing else in it. */
  readonly isEnd: boolean;
  /** True when the tables changed during the dump, which must be taken again. */
  readonly interrupted: boolean;
  /** The positive errno with which the kernel refused the dump; 0 when it did not. */
  readonly errno: number;
  /** True when the bytes are no netlink messages, or are cut off, or when there are none. */
  readonly malformed: boolean;
}

/** Reads the headers of a datagram's messages (`struct nlmsghdr`, include/uapi/linux/netlink.h), not the sockets in them. */
export function readDumpPart(datagram: Uint8Array): DumpPart {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  let done = false;
  let isEnd = false;
  let interrupted = false;
  let offset = 0;
  do {
    const length = messageLength(view, offset, datagram.length);
    if (length === 0) return { done, isEnd, interrupted, errno: 0, malformed: true };
    const type = view.getUint16(offset + 4, LITTLE_ENDIAN);
    if (view.getUint16(offset + 6, LITTLE_ENDIAN) & NLM_F_DUMP_INTR) interrupted = true;
    if (type === NLMSG_ERROR || type === NLMSG_DONE) {
      // The payload of both starts with a negative errno: a struct nlmsgerr, and the end of a dump.
      const payload = offset + NLMSG_HEADER_LENGTH;
      const errno = length >= NLMSG_HEADER_LENGTH + 4 ? -view.getInt32(payload, LITTLE_ENDIAN) : 0;
      if (errno > 0) return { done: true, isEnd, interrupted, errno, malformed: false };
      if (type === NLMSG_ERROR) return { done, isEnd, interrupted, errno: 0, malformed: true };
      done = true;
      isEnd = offset === 0;
    }
    offset += aligned(length);
  } while (offset < datagram.length);
  return { done, isEnd, interrupted, errno: 0, malformed: false };
}
