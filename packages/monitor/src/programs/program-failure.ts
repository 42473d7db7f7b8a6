import { safeLine } from './safe-line.js';

const COMPLAINT_LIMIT = 200;

/** What a program says on standard error, as far as it is kept. */
export class Complaint {
  #text = '';

  push(piece: Buffer): void {
    if (this.#text.length < COMPLAINT_LIMIT) this.#text += piece.toString('latin1', 0, COMPLAINT_LIMIT);
  }

  /** Its first line; empty where there was none. */
  get line(): string {
    return safeLine(Buffer.from(this.#text, 'latin1').toString('utf8'));
  }
}

/** Why a program did not start, for a person. */
export function reasonNotRun({ code }: NodeJS.ErrnoException): string {
  return code === 'ENOENT' ? 'is not installed, or not in PATH (ENOENT)' : `can't be run (${code})`;
}

/** How a program ended, for a person. */
export function reasonEnded(
  status: number | null,
  killedBy: NodeJS.Signals | null,
  complaint: string,
): string {
  const how = killedBy === null ? `exited with ${status}` : `was ended by ${killedBy}`;
  return `${how}${complaint === '' ? '' : `: ${complaint}`}`;
}
