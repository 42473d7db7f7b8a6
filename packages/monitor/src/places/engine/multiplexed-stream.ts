import { EngineError } from './engine-error.js';

const HEADER_LENGTH = 8;

/** Engines write what they have read of a program at once, some 32 KiB. */
const FRAME_LIMIT = 16 * 1024 * 1024;

/** The first byte of a header; 3 is what Docker itself has to say (moby, pkg/stdcopy). */
const STREAMS = ['input', 'output', 'complaint', 'complaint'] as const;

/** A part of what a program wrote, or of what the engine says of it. */
export interface StreamPiece {
  /** `input` is never sent by an engine that is in order. */
  readonly stream: (typeof STREAMS)[number];
  readonly bytes: Buffer;
}

/**
 * Takes the streams of a program without a terminal apart (Docker Engine API, ContainerAttach, "Stream format"): frames with
 * a header of the stream's number, three zero bytes, and the length in big-endian order. It keeps no more than a header.
 */
export class MultiplexedStream {
  readonly #header = Buffer.alloc(HEADER_LENGTH);
  #headerLength = 0;
  #stream: StreamPiece['stream'] = 'output';
  /** How much of the frame is still to come. */
  #missing = 0;

  /**
   * Takes the next bytes.
   *
   * @throws EngineError where they are no frames, after what came before
   */
  *take(bytes: Buffer): Generator<StreamPiece> {
    for (let rest = bytes; rest.length > 0; ) {
      if (this.#missing === 0) {
        rest = this.#takeHeader(rest);
        continue;
      }
      const piece = rest.subarray(0, this.#missing);
      this.#missing -= piece.length;
      rest = rest.subarray(piece.length);
      yield { stream: this.#stream, bytes: piece };
    }
  }

  /** @throws EngineError where the bytes end within a frame */
  end(): void {
    if (this.#missing > 0 || this.#headerLength > 0) throw new EngineError('the stream is cut off');
  }

  #takeHeader(bytes: Buffer): Buffer {
    const taken = bytes.copy(this.#header, this.#headerLength, 0, HEADER_LENGTH - this.#headerLength);
    this.#headerLength += taken;
    if (this.#headerLength === HEADER_LENGTH) {
      const stream = STREAMS[this.#header.readUInt8(0)];
      const length = this.#header.readUInt32BE(4);
      if (stream === undefined || this.#header.readUIntBE(1, 3) !== 0 || length > FRAME_LIMIT) {
        throw new EngineError('the stream is damaged');
      }
      this.#headerLength = 0;
      this.#stream = stream;
      this.#missing = length;
    }
    return bytes.subarray(taken);
  }
}
