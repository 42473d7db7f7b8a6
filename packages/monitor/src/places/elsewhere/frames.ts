const NEWLINE = 0x0a;
const LABEL_LIMIT = 64;
const FIRST_CAPACITY = 16 * 1024;

/** The labels of the marks that end an answer. */
const LAST = ['end', 'same', 'none'] as const;

/** What the shell elsewhere answered to one request. */
export interface Answer {
  readonly parts: readonly Part[];
  /** `same` if nothing has changed since the last answer, `none` if the answer can't be had there, else `end`. */
  readonly last: (typeof LAST)[number];
}

/** A part of an answer: the bytes behind a label. */
export interface Part {
  readonly label: string;
  readonly bytes: Buffer;
}

/** The bytes that came back are no answer. */
class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code = 'ERR_PORTOLAN_FRAME';
}

/**
 * Reads one answer of the shell. Marks `TOKEN REQUEST LABEL` have lines of their own. Each part stands between two marks,
 * and the last mark ends the answer. Bytes before the first mark are skipped: a greeting, or the rest of an earlier answer.
 * Other programs that print there do not know the token, and so can't forge a mark.
 */
export class FrameReader {
  readonly #mark: Buffer;
  readonly #limit: number;
  readonly #parts: Part[] = [];
  #bytes = Buffer.alloc(FIRST_CAPACITY);
  #length = 0;
  /** The next mark begins at this index or behind it. */
  #nextMarkFrom = 0;
  #open: { label: string; start: number } | undefined;

  /** @param limit how many bytes may come before the answer is complete */
  constructor(token: string, request: number, limit: number) {
    this.#mark = Buffer.from(`${token} ${request} `);
    this.#limit = limit;
  }

  /**
   * Takes the next bytes.
   *
   * @returns the answer when it is complete; bytes behind it are dropped
   * @throws FrameError if a mark is damaged, or more bytes have come than the limit
   */
  push(piece: Uint8Array): Answer | undefined {
    this.#append(piece);
    for (;;) {
      const bytes = this.#bytes.subarray(0, this.#length);
      const at = bytes.indexOf(this.#mark, this.#nextMarkFrom);
      if (at < 0) {
        this.#nextMarkFrom = Math.max(this.#nextMarkFrom, this.#length - this.#mark.length + 1);
        return undefined;
      }
      this.#nextMarkFrom = at;
      const labelAt = at + this.#mark.length;
      const lineEnd = bytes.indexOf(NEWLINE, labelAt);
      if (lineEnd < 0 && this.#length - labelAt <= LABEL_LIMIT) return undefined;
      const label = bytes.toString('latin1', labelAt, lineEnd < 0 ? labelAt : lineEnd);
      if (!/^[a-z0-9/]{1,64}$/.test(label)) throw new FrameError('a damaged answer came back');
      this.#closePart(at);
      const last = LAST.find((one) => one === label);
      if (last !== undefined) return { parts: this.#parts, last };
      this.#nextMarkFrom = lineEnd + 1;
      this.#open = { label, start: lineEnd + 1 };
    }
  }

  /** A mark begins a line. The newline before the mark belongs to the mark. */
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
