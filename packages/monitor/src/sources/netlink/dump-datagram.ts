import { SourceError } from '../source-error.js';
import { type DumpPart, readDumpPart } from './dump-part.js';

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
}
