import { closeSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';

const readAsync = promisify(read);

/** A file of /proc that stays open from look to look. Reading it from the start again gives its present content. */
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

  /** Reads into the whole buffer; 0 at the end. */
  readSync(buffer: Buffer, position: number): number {
    return readSync(this.open(), buffer, 0, buffer.length, position);
  }

  /** The same on a thread of the pool, for reads that take long. */
  async read(buffer: Buffer, position: number): Promise<number> {
    const { bytesRead } = await readAsync(this.open(), buffer, 0, buffer.length, position);
    return bytesRead;
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }
}
