import { type ChildProcess, spawn } from 'node:child_process';
import { killProgram } from './kill-program.js';
import { Complaint, reasonEnded, reasonNotRun } from './program-failure.js';

const OUTPUT_LIMIT = 64 * 1024 * 1024;

/** A program that is to be run to its end. */
export interface ProgramRun {
  readonly command: string;
  readonly args: readonly string[];
  /** Variables that are added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeLimitMs: number;
  /** The exit statuses that make its output an answer. */
  readonly answers: readonly number[];
  /** Makes the error to reject with. */
  readonly fail: (reason: string, options?: ErrorOptions) => Error;
}

/** What a program printed. */
export interface ProgramOutput {
  readonly status: number;
  readonly output: Buffer;
  /** The first line on standard error; empty when there was none. */
  readonly complaint: string;
}

/**
 * Runs a program in the C locale, with nothing on its standard input.
 *
 * @throws what {@link ProgramRun.fail} makes when the program is missing, fails, takes too long or prints without end; the
 *   signal's reason when that is aborted
 */
export function runProgram(run: ProgramRun, signal?: AbortSignal): Promise<ProgramOutput> {
  const { command, timeLimitMs, answers, fail } = run;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = begin(run);
    const output: Buffer[] = [];
    let length = 0;
    const complaint = new Complaint();

    const stopWaiting = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const giveUp = (error: unknown) => {
      killProgram(child);
      stopWaiting();
      reject(error);
    };
    const abort = () => giveUp(signal?.reason);
    const timer = setTimeout(() => {
      giveUp(fail(`${command} did not end within ${timeLimitMs / 1000} s`));
    }, timeLimitMs);
    signal?.addEventListener('abort', abort);

    child.on('error', (error: NodeJS.ErrnoException) => {
      stopWaiting();
      reject(notRun(run, error));
    });
    // When no descriptor is left there are no streams, and the error comes in a moment.
    child.stdout?.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > OUTPUT_LIMIT) giveUp(fail(`${command} printed more than ${OUTPUT_LIMIT} bytes`));
      else output.push(piece);
    });
    child.stderr?.on('data', (piece: Buffer) => complaint.push(piece));
    child.on('close', (status, killedBy) => {
      stopWaiting();
      if (status !== null && answers.includes(status))
        return resolve({ status, output: Buffer.concat(output), complaint: complaint.line });
      reject(fail(`${command} ${reasonEnded(status, killedBy, complaint.line)}`));
    });
  });
}

/** @throws what {@link ProgramRun.fail} makes when Node throws the error instead of emitting it (E2BIG, ENOMEM) */
function begin(run: ProgramRun): ChildProcess {
  try {
    return spawn(run.command, run.args, {
      env: { ...process.env, ...run.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that all that it starts can be killed with it.
      detached: true,
    });
  } catch (error) {
    throw notRun(run, error as NodeJS.ErrnoException);
  }
}

function notRun({ command, fail }: ProgramRun, error: NodeJS.ErrnoException): Error {
  return fail(`${command} ${reasonNotRun(error)}`, { cause: error });
}
