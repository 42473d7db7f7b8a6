import { safeLine } from './safe-line.js';

const COMPLAINT_LIMIT = 200;

/** Keeps the beginning of what a program says on standard error. */
export class Complaint {
  #text = '';

  push(piece: Buffer): void {
    if (this.#text.length < COMPLAINT_LIMIT) this.#text += piece.toString('latin1', 0, COMPLAINT_LIMIT);
  }

  /** The first line; empty when there was none. */
  get line(): string {
    return safeLine(Buffer.from(this.#text, 'latin1').toString('utf8'));
  }
}

/** Says why a program did not start, behind the program's name. */
export function reasonNotRun({ code }: NodeJS.ErrnoException): string {
  return code === 'ENOENT' ? 'is not installed, or not in PATH (ENOENT)' : `can't be run (${code})`;
}

/** Says how a program ended, behind the program's name. */
export function reasonEnded(
  status: number | null,
  killedBy: NodeJS.Signals | null,
  complaint: string,
): string {
  const how = killedBy === null ? `exited with ${status}` : `was ended by ${killedBy}`;
  return `${how}${complaint === '' ? '' : `: ${complaint}`}`;
}
