import { type ProgramOutput, runProgram } from '../../programs/run-program.js';
import { SourceError } from '../source-error.js';

const TIME_LIMIT_MS = 5000;

/**
 * Runs `ss -lntue` to its end.
 *
 * @throws SourceError when it is missing, fails, takes longer than five seconds or prints without end; the signal's reason
 *   when that is aborted
 */
export function runSs(signal?: AbortSignal): Promise<ProgramOutput> {
  return runProgram(
    {
      command: 'ss',
      args: ['-lntue'],
      timeLimitMs: TIME_LIMIT_MS,
      answers: [0],
      fail: (reason, options) => new SourceError('ss', reason, options),
    },
    signal,
  );
}
