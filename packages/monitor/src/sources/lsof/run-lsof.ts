import { delimiter } from 'node:path';
import { type ProgramOutput, runProgram } from '../../programs/run-program.js';
import { SourceError } from '../source-error.js';
import { LSOF_FIELDS } from './parse-lsof.js';

/** Long, since lsof reads what every process has open, and on Linux the whole table of connections as well. */
const TIME_LIMIT_MS = 15_000;

/**
 * Asks for all Internet files but the connections, in fields. To ask for LISTEN alone would leave out UDP, and the other
 * states have different names from system to system.
 */
const ARGUMENTS = ['-nPw', '-i', '-sTCP:^ESTABLISHED', `-F${LSOF_FIELDS}`];

/** The folder in which macOS has lsof. It is not in the PATH that launchd and cron give a program. */
const SYSTEM_PROGRAMS = '/usr/sbin';

/** The exit status of lsof when it found nothing, or when something went wrong. */
const NOTHING_FOUND = 1;

/**
 * Runs `lsof -nPw -i -sTCP:^ESTABLISHED -F…` to its end.
 *
 * @throws SourceError when it is missing, fails, takes longer than fifteen seconds or prints without end; the signal's
 *   reason when that is aborted
 */
export async function runLsof(signal?: AbortSignal): Promise<Buffer> {
  const result = await runProgram(
    {
      command: 'lsof',
      args: ARGUMENTS,
      env: { PATH: [process.env.PATH, SYSTEM_PROGRAMS].filter(Boolean).join(delimiter) },
      timeLimitMs: TIME_LIMIT_MS,
      answers: [0, NOTHING_FOUND],
      fail: (reason, options) => new SourceError('lsof', reason, options),
    },
    signal,
  );
  if (hasFailed(result)) throw new SourceError('lsof', `lsof exited with 1: ${result.complaint}`);
  return result.output;
}

/** Any complaint is a failure, except for a warning: the answer may be whole all the same. */
function hasFailed({ status, complaint }: ProgramOutput): boolean {
  return status === NOTHING_FOUND && complaint !== '' && !/\bwarning\b/i.test(complaint);
}
