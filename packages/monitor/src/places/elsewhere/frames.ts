const NEWLINE = 0x0a;
const LABEL_LIMIT = 64;
const FIRST_CAPACITY = 16 * 1024;

/** The labels of marks that end an answer. */
const LAST = ['end', 'same', 'none'] as const;

/** What the shell there answered to one request. */
export interface Answer {
  readonly parts: readonly Part[];
  /** `same` for what has not changed since it was sent, `none` for what can't be had there. */
  readonly last: (typeof LAST)[number];
}

/** Bytes behind a label. */
export interface Part {
  readonly label: string;
  readonly bytes: Buffer;
}

/** What came back is no answer. */
class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code = 'ERR_PORTOLAN_FRAME';
}

/**
 * Reads one answer of the shell: marks `TOKEN REQUEST LABEL` on lines of their own, each part between two of them, up to a
 * mark that ends it. What comes before the first mark is passed over: greetings, the rest of an earlier answer. Nobody who
 * prints something there knows the token.
 */
export class FrameReader {
  readonly #mark: Buffer;
  readonly #limit: number;
  readonly #parts: Part[] = [];
  #bytes = Buffer.alloc(FIRST_CAPACITY);
  #length = 0;
  /** Before this there is no mark that was not read. */
  #searched = 0;
  #open: { label: string; start: number } | undefined;

  /** @param limit how many bytes may come until the answer is whole */
  constructor(token: string, request: number, limit: number) {
    this.#mark = Buffer.from(`${token} ${request} `);
    this.#limit = limit;
  }

  /**
   * @returns the answer once it is whole; what comes behind it is dropped
   * @throws FrameError where a mark is damaged, or more bytes have come than may
   */
  push(piece: Uint8Array): Answer | undefined {
    this.#append(piece);
    for (;;) {
      const bytes = this.#bytes.subarray(0, this.#length);
      const at = bytes.indexOf(this.#mark, this.#searched);
      if (at < 0) {
        this.#searched = Math.max(this.#searched, this.#length - this.#mark.length + 1);
        return undefined;
      }
      this.#searched = at;
      const labelAt = at + this.#mark.length;
      const lineEnd = bytes.indexOf(NEWLINE, labelAt);
      if (lineEnd < 0 && this.#length - labelAt <= LABEL_LIMIT) return undefined;
      const label = bytes.toString('latin1', labelAt, lineEnd < 0 ? labelAt : lineEnd);
      if (!/^[a-z0-9/]{1,64}$/.test(label)) throw new FrameError('a damaged answer came back');
      this.#closePart(at);
      const last = LAST.find((one) => one === label);
      if (last !== undefined) return { parts: this.#parts, last };
      this.#searched = lineEnd + 1;
      this.#open = { label, start: lineEnd + 1 };
    }
  }

  /** A mark begins a line: the newline before it belongs to it. */
  #closePart(end: number): void {
    if (this.#open === undefined) return;
    const { label, start } = this.#open;
    const hasNewline = end > start && this.#bytes[end - 1] === NEWLINE;
    this.#parts.push({ label, bytes: this.#bytes.subarray(start, hasNewline ? end - 1 : end) });
  }

  #append(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#limit) throw new FrameError(`more than ${this.#limit} bytes came back`);
    if (length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(length, 2 * this.#bytes.length));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }
}
