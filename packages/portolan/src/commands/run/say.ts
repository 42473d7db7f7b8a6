import { writeSync } from 'node:fs';
import { visibleText } from '../../render/visible-text.js';

const STANDARD_ERROR = 2;

/**
 * Writes a line to standard error without making a stream of it: that would make it non-blocking for the command too, which
 * shares it.
 */
export function say(line: string): void {
  try {
    writeSync(STANDARD_ERROR, `${visibleText(line)}\n`);
  } catch {
    // Nobody reads it any more, or not fast enough: no reason to disturb the command.
  }
}
