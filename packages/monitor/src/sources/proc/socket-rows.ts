/**
 * Finds the rows of /proc/net/{tcp,tcp6,udp,udp6} that matter by their state alone (proc_pid_net(5); tcp4_seq_show(),
 * net/ipv4/tcp_ipv4.c).
 */

const NEWLINE = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;

/** The longest row, in bytes. Real ones have 150 to 200. */
const ROW_LIMIT = 4096;

/** The column of the state, counted from zero. */
const STATE_COLUMN = 3;

/**
 * Sifts a table as it comes, a piece at a time. It keeps the rows in the wanted state. It also keeps rows without a readable
 * state, which the parser of the rows counts as malformed.
 */
export class RowSieve {
  /** The rows that were kept, each with its newline. */
  readonly kept: Uint8Array[] = [];
  /** The number of rows that were too long. */
  skipped = 0;
  /** True once a row in another state has come: the kernel has gone on from its listeners to the connections. */
  pastListeners = false;
  /** True once a wanted row has come behind a row in another state: this kernel does not print its listeners first. */
  disorderly = false;

  readonly #wanted: readonly number[];
  #partial: Buffer = Buffer.alloc(0);
  #inLongRow = false;
  #header: 'awaited' | 'seen' | 'missing' = 'awaited';

  /** @param state the wanted state, in two hexadecimal digits such as `0A` */
  constructor(state: string) {
    this.#wanted = [...Buffer.from(state)];
  }

  /** True when the first line was not the header of a socket table. */
  get headless(): boolean {
    return this.#header !== 'seen';
  }

  /** True when the last piece ended within a row. */
  get cutOff(): boolean {
    return this.#partial.length > 0 || this.#inLongRow;
  }

  push(piece: Uint8Array): void {
    const bytes = this.#partial.length === 0 ? Buffer.from(piece) : Buffer.concat([this.#partial, piece]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.#row(bytes, start, end + 1);
      start = end + 1;
    }
    this.#partial = bytes.subarray(start);
    if (this.#partial.length > ROW_LIMIT) {
      this.#inLongRow = true;
      this.#partial = Buffer.alloc(0);
    }
  }

  #row(bytes: Uint8Array, start: number, end: number): void {
    if (this.#inLongRow) {
      this.#inLongRow = false;
      this.skipped++;
    } else if (this.#header === 'awaited') {
      const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
      this.#header = line.includes('local_address') ? 'seen' : 'missing';
    } else {
      this.#sift(bytes, start, end);
    }
  }

  #sift(bytes: Uint8Array, start: number, end: number): void {
    const column = columnStart(bytes, start, end, STATE_COLUMN);
    const [high, low] = [bytes[column] ?? NEWLINE, bytes[column + 1] ?? NEWLINE];
    const isState = isHexDigit(high) && isHexDigit(low) && isBlank(bytes[column + 2] ?? NEWLINE);
    if (isState && (high !== this.#wanted[0] || low !== this.#wanted[1])) {
      // Kernels before 4.4 print the half-open connections (TCP_SYN_RECV, 03) of a listener right behind it.
      if (high !== 0x30 || low !== 0x33) this.pastListeners = true;
      return;
    }
    if (isState && this.pastListeners) this.disorderly = true;
    this.kept.push(bytes.subarray(start, end));
  }
}

/** The offset at which the column of that number starts; `end` when there are fewer columns. */
function columnStart(bytes: Uint8Array, start: number, end: number, column: number): number {
  let offset = start;
  for (let i = 0; ; i++) {
    while (offset < end && isBlank(bytes[offset] ?? NEWLINE)) offset++;
    if (i === column) return offset;
    while (offset < end && !isBlank(bytes[offset] ?? NEWLINE)) offset++;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === NEWLINE;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
