import { DoorbellError, NoSourceError, PlaceError } from '@portolan/monitor';
import { list } from './commands/list/list.js';
import { parsePlainList } from './commands/list/plain-list.js';
import { ExitStatus } from './exit/exit-status.js';
import { toFilter } from './options/filters.js';
import { UsageError } from './options/usage-error.js';
import { tell } from './render/tell.js';

/**
 * Runs the command. An error is told in one line on standard error.
 *
 * @param args the words after the command's name
 * @returns the exit status
 */
export async function main(args: readonly string[]): Promise<ExitStatus> {
  try {
    const plain = parsePlainList(args);
    if (plain !== undefined) {
      const filter = await toFilter(plain.ports, plain.options);
      return await list(filter, plain.options);
    }
    const { runCommandLine } = await import('./command-line.js');
    return await runCommandLine(args);
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    if (error instanceof UsageError) return ExitStatus.wrongUsage;
    const isDenied = [NoSourceError, PlaceError, DoorbellError].some((kind) => error instanceof kind);
    return isDenied ? ExitStatus.noSourceWorked : ExitStatus.fault;
  }
}
