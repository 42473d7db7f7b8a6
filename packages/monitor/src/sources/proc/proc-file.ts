import { closeSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';

const readAsync = promisify(read);

/** A file of /proc that stays open from look to look. To read it from its start again gives its present content. */
export class ProcFile {
  readonly path: string;
  readonly #open: () => number;
  #fd = -1;

  constructor(path: string, open: () => number) {
    this.path = path;
    this.#open = open;
  }

  open(): number {
    if (this.#fd < 0) this.#fd = this.#open();
    return this.#fd;
  }

  /**
   * Fills the buffer as far as one read does.
   *
   * @returns the number of bytes; 0 at the end of the file
   */
  readSync(buffer: Buffer, position: number): number {
    return readSync(this.open(), buffer, 0, buffer.length, position);
  }

  /** Does the same on a thread of libuv's pool, for reads that take long. */
  async read(buffer: Buffer, position: number): Promise<number> {
    const { bytesRead } = await readAsync(this.open(), buffer, 0, buffer.length, position);
    return bytesRead;
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }
}
