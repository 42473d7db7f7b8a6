import { writeSync } from 'node:fs';
import { visibleText } from '../../render/visible-text.js';

const STANDARD_ERROR = 2;

/**
 * Writes a line to standard error. A stream of Node's would make the descriptor non-blocking, also for the command, which
 * shares it.
 */
export function say(line: string): void {
  try {
    writeSync(STANDARD_ERROR, `${visibleText(line)}\n`);
  } catch {
    // Nobody reads the line, or not fast enough. That must not disturb the command.
  }
}
