import { spawnSync } from 'node:child_process';
import { runProgram } from '../../programs/run-program.js';
import { type PsRow, parsePs } from './parse-ps.js';

const TIME_LIMIT_MS = 5000;
/** The zone in which ps tells the time. */
const ENVIRONMENT = { TZ: 'UTC' };

/** What is asked for in the last column: all arguments with spaces between them, or the kernel's name for the process. */
export type LastColumn = 'command' | 'ucomm';

/**
 * Asks ps(1) for processes. Processes that have ended are missing in the answer.
 *
 * @returns undefined if ps is missing, fails or prints something else
 * @throws the signal's reason if it was aborted
 */
export async function runPs(
  pids: Iterable<number>,
  last: LastColumn,
  signal?: AbortSignal,
): Promise<Map<number, PsRow> | undefined> {
  try {
    const { output } = await runProgram(
      {
        command: 'ps',
        args: psArguments(pids, last),
        env: ENVIRONMENT,
        timeLimitMs: TIME_LIMIT_MS,
        // The status is 1 if all of them have ended.
        answers: [0, 1],
        fail: (reason, options) => new Error(reason, options),
      },
      signal,
    );
    return rowsIn(output.toString('utf8'));
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

/** Asks ps(1) for one process while the caller waits; undefined if it has ended, or ps fails. */
export function runPsSync(pid: number, last: LastColumn): PsRow | undefined {
  const { stdout } = spawnSync('ps', psArguments([pid], last), {
    env: { ...process.env, ...ENVIRONMENT, LC_ALL: 'C' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: TIME_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  return rowsIn(stdout ?? '')?.get(pid);
}

function psArguments(pids: Iterable<number>, last: LastColumn): string[] {
  const columns = ['pid', 'ppid', 'lstart', last].flatMap((column) => ['-o', `${column}=`]);
  return ['-ww', ...columns, '-p', [...pids].join(',')];
}

function rowsIn(output: string): Map<number, PsRow> | undefined {
  const rows = parsePs(output);
  return rows.size === 0 && output.trim() !== '' ? undefined : rows;
}
