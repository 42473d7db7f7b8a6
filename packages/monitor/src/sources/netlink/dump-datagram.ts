import { SourceError } from '../source-error.js';
import { type DumpPart, readDumpPart } from './dump-part.js';

/** A datagram of a dump, kept to be known again: what comes once more needs no reading, and thousands of messages may be in it. */
export class DumpDatagram {
  readonly bytes: Buffer;
  readonly part: DumpPart;
  /** Where the next one is compared. It is kept, as to make a view costs more than to compare. */
  readonly #received: Buffer;

  /**
   * @param room where it was received
   * @throws SourceError where it is no part of a dump
   */
  constructor(room: Buffer, length: number) {
    this.#received = room.subarray(0, length);
    this.bytes = Buffer.from(this.#received);
    this.part = readDumpPart(this.bytes);
    if (this.part.malformed) throw new SourceError('netlink', 'the answer was malformed');
  }

  /** Whether the same was received once more, in the same room. */
  isReceived(length: number): boolean {
    return length === this.bytes.length && this.#received.equals(this.bytes);
  }
}
