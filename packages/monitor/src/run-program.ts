import { spawn } from 'node:child_process';
import { endGroup } from './end-group.js';
import { Complaint, reasonEnded, reasonNotRun } from './program-failure.js';

const OUTPUT_LIMIT = 64 * 1024 * 1024;

/** A program to be run to its end. */
export interface ProgramRun {
  readonly command: string;
  readonly args: readonly string[];
  /** What its environment has besides that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeLimitMs: number;
  /** The exit statuses with which its output is an answer. */
  readonly answers: readonly number[];
  /** Makes the error to reject with. */
  readonly fail: (reason: string, options?: ErrorOptions) => Error;
}

/** What a program printed. */
export interface ProgramOutput {
  readonly status: number;
  readonly output: Buffer;
  /** The first line on standard error; empty where there was none. */
  readonly complaint: string;
}

/**
 * Runs a program in the C locale, with nothing to read.
 *
 * @throws what {@link ProgramRun.fail} makes where it is missing, fails, takes too long or prints without end; the
 *   signal's reason where it was aborted
 */
export function runProgram(run: ProgramRun, signal?: AbortSignal): Promise<ProgramOutput> {
  const { command, timeLimitMs, answers, fail } = run;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, run.args, {
      env: { ...process.env, ...run.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that it can be ended together with whatever it starts.
      detached: true,
    });
    const output: Buffer[] = [];
    let length = 0;
    const complaint = new Complaint();

    const stopWaiting = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const giveUp = (error: unknown) => {
      endGroup(child);
      stopWaiting();
      reject(error);
    };
    const abort = () => giveUp(signal?.reason);
    const timer = setTimeout(() => {
      giveUp(fail(`${command} did not end within ${timeLimitMs / 1000} s`));
    }, timeLimitMs);
    signal?.addEventListener('abort', abort);

    child.stdout.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > OUTPUT_LIMIT) giveUp(fail(`${command} printed more than ${OUTPUT_LIMIT} bytes`));
      else output.push(piece);
    });
    child.stderr.on('data', (piece: Buffer) => complaint.push(piece));
    child.on('error', (error: NodeJS.ErrnoException) => {
      stopWaiting();
      reject(fail(`${command} ${reasonNotRun(error)}`, { cause: error }));
    });
    child.on('close', (status, killedBy) => {
      stopWaiting();
      if (status !== null && answers.includes(status))
        return resolve({ status, output: Buffer.concat(output), complaint: complaint.line });
      reject(fail(`${command} ${reasonEnded(status, killedBy, complaint.line)}`));
    });
  });
}
