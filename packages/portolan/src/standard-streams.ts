import { visibleText } from './render/visible-text.js';

/** Ends the program without a word when whoever read its output has gone (`| head -1`). */
export function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    tell(`cannot write the output: ${error.message}`);
    process.exit(74); // EX_IOERR, sysexits.h
  });
}

/** Writes one line to standard error, with the command's name in front. */
export function tell(message: string): void {
  const line = message.trim().replaceAll(/\s*\n\s*/g, ' ');
  process.stderr.write(`portolan: ${visibleText(line)}\n`);
}
