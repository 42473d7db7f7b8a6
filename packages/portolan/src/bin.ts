#!/usr/bin/env node
import { main } from './main.js';
import { tell } from './render/tell.js';

/** EX_IOERR of sysexits.h: the output cannot be written. */
const OUTPUT_FAILED = 74;

endQuietlyOnClosedPipe();
process.exitCode = await main(process.argv.slice(2));

/** Ends the program without a message when nobody reads its output any more (`| head -1`). */
function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    tell(`cannot write the output: ${error.message}`);
    process.exit(OUTPUT_FAILED);
  });
}
