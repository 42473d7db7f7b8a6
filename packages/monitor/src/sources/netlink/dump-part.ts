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
  /** The last message of the dump was among them. */
  readonly done: boolean;
  /** It is that message, and nothing else. */
  readonly isEnd: boolean;
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
  let isEnd = false;
  let interrupted = false;
  let offset = 0;
  do {
    const length = messageLength(view, offset, datagram.length);
    if (length === 0) return { done, isEnd, interrupted, errno: 0, malformed: true };
    const type = view.getUint16(offset + 4, LITTLE_ENDIAN);
    if (view.getUint16(offset + 6, LITTLE_ENDIAN) & NLM_F_DUMP_INTR) interrupted = true;
    if (type === NLMSG_ERROR || type === NLMSG_DONE) {
      // Both start with an int that is a negative errno: struct nlmsgerr, and the end of a dump.
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
