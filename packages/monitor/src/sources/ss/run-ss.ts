import { type ChildProcess, spawn } from 'node:child_process';
import { SourceError } from '../source-error.js';

const TIME_LIMIT_MS = 5000;
const OUTPUT_LIMIT = 64 * 1024 * 1024;
const COMPLAINT_LIMIT = 200;

/** What ss printed. */
export interface SsOutput {
  readonly output: Buffer;
  /** The first line on standard error; empty where there was none. */
  readonly complaint: string;
}

/**
 * Runs `ss -lntue` to its end.
 *
 * @throws SourceError where it is missing, fails, takes longer than five seconds or prints without end; the
 *   signal's reason where it was aborted
 */
export function runSs(signal?: AbortSignal): Promise<SsOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn('ss', ['-lntue'], {
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that it can be ended together with whatever it starts.
      detached: true,
    });
    const output: Buffer[] = [];
    let length = 0;
    let complaint = '';

    const settle = (error?: unknown) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      if (error === undefined) resolve({ output: Buffer.concat(output), complaint: firstLine(complaint) });
      else reject(error);
    };
    const giveUp = (error: unknown) => {
      end(child);
      settle(error);
    };
    const abort = () => giveUp(signal?.reason);
    const timer = setTimeout(() => {
      giveUp(new SourceError('ss', `ss did not end within ${TIME_LIMIT_MS / 1000} s`));
    }, TIME_LIMIT_MS);
    signal?.addEventListener('abort', abort);

    child.stdout.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > OUTPUT_LIMIT) giveUp(new SourceError('ss', `ss printed more than ${OUTPUT_LIMIT} bytes`));
      else output.push(piece);
    });
    child.stderr.on('data', (piece: Buffer) => {
      if (complaint.length < COMPLAINT_LIMIT) complaint += piece.toString('latin1');
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle(new SourceError('ss', `ss can't be run (${error.code})`, { cause: error }));
    });
    child.on('close', (status, killedBy) => {
      if (status === 0) return settle();
      const how = killedBy === null ? `exited with ${status}` : `was ended by ${killedBy}`;
      const why = firstLine(complaint);
      settle(new SourceError('ss', `ss ${how}${why === '' ? '' : `: ${why}`}`));
    });
  });
}

function end(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** One line that is safe to print. */
function firstLine(text: string): string {
  const line = text.trimStart().split('\n', 1)[0] ?? '';
  return line.replace(/[^\x20-\x7e]/g, '?').slice(0, COMPLAINT_LIMIT);
}
