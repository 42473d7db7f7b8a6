import { DoorbellError, NoSourceError, PlaceError } from '@portolan/monitor';
import { toFilter } from './arguments/filters.js';
import { list } from './commands/list.js';
import { parsePlainList } from './commands/plain-list.js';
import { ExitStatus } from './exit-status.js';
import { tell } from './standard-streams.js';
import { UsageError } from './usage-error.js';

/** Runs the command line and returns the exit status. Whatever goes wrong is told in one line on standard error. */
export async function run(args: readonly string[]): Promise<ExitStatus> {
  try {
    const plain = parsePlainList(args);
    if (plain !== undefined) {
      const filter = await toFilter(plain.ports, plain.options);
      return await list(filter, plain.options);
    }
    const { runProgram } = await import('./program.js');
    return await runProgram(args);
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    if (error instanceof UsageError) return ExitStatus.wrongUsage;
    const isDenied = [NoSourceError, PlaceError, DoorbellError].some((kind) => error instanceof kind);
    return isDenied ? ExitStatus.noSourceWorked : ExitStatus.fault;
  }
}
