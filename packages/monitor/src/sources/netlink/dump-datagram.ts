import { LITTLE_ENDIAN } from '../../kernel/byte-order.js';
import { aligned, NLMSG_HEADER_LENGTH } from '../../kernel/netlink-message.js';
import { SourceError } from '../source-error.js';
import { type DumpPart, readDumpPart } from './dump-part.js';
import { IDIAG_RQUEUE, IDIAG_WQUEUE, INET_DIAG_MSG_LENGTH } from './inet-diag.js';

const RQUEUE = NLMSG_HEADER_LENGTH + IDIAG_RQUEUE;
const WQUEUE = NLMSG_HEADER_LENGTH + IDIAG_WQUEUE;
const SOCKET_LENGTH = NLMSG_HEADER_LENGTH + INET_DIAG_MSG_LENGTH;

/** A datagram of a dump, kept for comparison. One that comes again need not be read, and may hold thousands of messages. */
export class DumpDatagram {
  readonly bytes: Buffer;
  readonly part: DumpPart;
  /** The part of the room that the next one comes into. It is kept, since to make a view costs more than to compare. */
  readonly #received: Buffer;

  /**
   * @param room the buffer that it was received into
   * @param length of the datagram, in bytes
   * @throws SourceError when it is no part of a dump
   */
  constructor(room: Buffer, length: number) {
    this.#received = room.subarray(0, length);
    this.bytes = Buffer.from(this.#received);
    this.part = readDumpPart(this.bytes);
    if (this.part.malformed) throw new SourceError('netlink', 'the answer was malformed');
  }

  /** True when the same bytes were received once more, into the same room. */
  isReceived(length: number): boolean {
    return length === this.bytes.length && this.#received.equals(this.bytes);
  }

  /**
   * Whether the same was received once more, in the same room, but for what waits in the queues of its sockets. From then on
   * the bytes have the queues that were received. When it is not the same, the bytes are of no use any more.
   */
  isReceivedButForQueues(length: number): boolean {
    if (this.isReceived(length)) return true;
    if (length !== this.bytes.length) return false;
    this.#takeOverQueues();
    return this.isReceived(length);
  }

  /** Goes by the messages of the bytes that are kept: if those received are others, the bytes differ in a header. */
  #takeOverQueues(): void {
    const { bytes } = this;
    const kept = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let offset = 0; offset + SOCKET_LENGTH <= bytes.length; ) {
      const length = kept.getUint32(offset, LITTLE_ENDIAN);
      if (length >= SOCKET_LENGTH) {
        this.#received.copy(bytes, offset + RQUEUE, offset + RQUEUE, offset + WQUEUE + 4);
      }
      offset += aligned(length);
    }
  }
}
