import { visibleText } from './visible-text.js';

/** Writes a message to standard error as one line, with the command's name in front. */
export function tell(message: string): void {
  const line = message.trim().replaceAll(/\s*\n\s*/g, ' ');
  process.stderr.write(`portolan: ${visibleText(line)}\n`);
}
