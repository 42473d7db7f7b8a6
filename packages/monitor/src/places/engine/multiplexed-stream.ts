import { EngineError } from './engine-error.js';

const HEADER_LENGTH = 8;

/** The longest frame that is taken. Engines send what they read of a program in one read, some 32 KiB. */
const FRAME_LIMIT = 16 * 1024 * 1024;

/** The streams by the first byte of a header. 3 is a message of Docker itself (moby, pkg/stdcopy). */
const STREAMS = ['input', 'output', 'complaint', 'complaint'] as const;

/** Bytes that a program wrote, or that the engine wrote about it. */
export interface StreamPiece {
  /** No engine sends `input`. */
  readonly stream: (typeof STREAMS)[number];
  readonly bytes: Buffer;
}

/**
 * Separates the streams of a program without a terminal (Docker Engine API, ContainerAttach, "Stream format"). They come in
 * frames. A frame's header is the stream's number, three zero bytes, and the length in big-endian order. At most the bytes
 * of one header are kept.
 */
export class MultiplexedStream {
  readonly #header = Buffer.alloc(HEADER_LENGTH);
  #headerLength = 0;
  #stream: StreamPiece['stream'] = 'output';
  /** How many bytes of the frame are still to come. */
  #missing = 0;

  /**
   * Takes the next bytes.
   *
   * @throws EngineError if they are no frames, after the pieces of the frames before
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

  /** Call this behind the last bytes. @throws EngineError if they end within a frame */
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
