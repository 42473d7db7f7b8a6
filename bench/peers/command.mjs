/** A command, run to its end, its output read: command.mjs FILE [ARGUMENT…] */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { answer } from './answer.mjs';

const OUTPUT_LIMIT = 256 * 1024 * 1024;
const [file, ...args] = process.argv.slice(2);
const run = promisify(execFile);

await answer(async () => {
  try {
    await run(file, args, { maxBuffer: OUTPUT_LIMIT, encoding: 'buffer' });
  } catch (error) {
    const reason = error.stderr?.toString().trim().split('\n').at(-1) || error.message;
    throw new Error(`${file}: ${reason}`, { cause: error });
  }
});
