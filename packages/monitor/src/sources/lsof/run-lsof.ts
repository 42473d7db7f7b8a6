import { delimiter } from 'node:path';
import { type ProgramOutput, runProgram } from '../../programs/run-program.js';
import { SourceError } from '../source-error.js';
import { LSOF_FIELDS } from './parse-lsof.js';

/** It reads what every process has open, and on Linux the whole table of connections besides. */
const TIME_LIMIT_MS = 15_000;

/**
 * All Internet files but the connections, in fields. Only LISTEN can't be asked for: lsof then leaves out UDP, and
 * the other states have different names from system to system.
 */
const ARGUMENTS = ['-nPw', '-i', '-sTCP:^ESTABLISHED', `-F${LSOF_FIELDS}`];

/** Where macOS has lsof; the PATH that launchd and cron give a program leaves it out. */
const SYSTEM_PROGRAMS = '/usr/sbin';

/** The exit status of lsof where it found nothing, or where something went wrong. */
const NOTHING_FOUND = 1;

/**
 * Runs `lsof -nPw -i -sTCP:^ESTABLISHED -F…` to its end.
 *
 * @throws SourceError where it is missing, fails, takes longer than fifteen seconds or prints without end; the
 *   signal's reason where it was aborted
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

/** Of what it says on standard error, warnings may leave the answer whole. */
function hasFailed({ status, complaint }: ProgramOutput): boolean {
  return status === NOTHING_FOUND && complaint !== '' && !/\bwarning\b/i.test(complaint);
}
