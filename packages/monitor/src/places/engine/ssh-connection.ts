import { type ChildProcess, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { killProgram } from '../../programs/kill-program.js';
import { Complaint, reasonNotRun } from '../../programs/program-failure.js';
import { quoteWord } from '../elsewhere/ssh-command.js';
import type { EngineAddress, EngineKind } from './engine-address.js';

type SshAddress = Extract<EngineAddress, { over: 'ssh' }>;

/**
 * A connection to the engine of another machine. ssh(1) runs `docker system dial-stdio` there, which joins its standard
 * streams to the engine's socket. The user's configuration, keys and known hosts of ssh apply. It never asks the user
 * anything.
 */
export class SshConnection extends Duplex {
  /** It has no streams if no descriptor was left for them; then its event `error` follows. */
  readonly #child: ChildProcess;
  readonly #complaint = new Complaint();

  constructor(kind: EngineKind, address: SshAddress) {
    super({ allowHalfOpen: true });
    this.#child = spawn('ssh', sshArguments(kind, address), {
      stdio: ['pipe', 'pipe', 'pipe'],
      // In a new session nothing can ask at the terminal, and what ssh starts can be ended together with it.
      detached: true,
    });
    this.#child.on('error', (error: NodeJS.ErrnoException) => {
      this.destroy(new Error(`ssh ${reasonNotRun(error)}`, { cause: error }));
    });
    const { stdin, stdout, stderr } = this.#child;
    stdout?.on('data', (piece: Buffer) => {
      if (!this.push(piece)) stdout.pause();
    });
    stderr?.on('data', (piece: Buffer) => this.#complaint.push(piece));
    // If a write fails, the end of the program tells the reason.
    stdin?.on('error', () => undefined);
    this.#child.on('close', (status, killedBy) => {
      if (status === 0) return this.push(null);
      const said = this.#complaint.line;
      const how =
        said !== '' ? said : killedBy === null ? `ended with status ${status}` : `ended by ${killedBy}`;
      this.destroy(new Error(`ssh: ${how}`));
    });
  }

  override _read(): void {
    this.#child.stdout?.resume();
  }

  override _write(piece: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // If a write fails, the end of the program tells the reason.
    this.#child.stdin?.write(piece, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#child.stdin?.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) killProgram(this.#child);
    done(error);
  }
}

/** The arguments of ssh(1), which joins the last ones with spaces and gives them to a shell on the other machine. */
function sshArguments(kind: EngineKind, { host, user, port, path }: SshAddress): string[] {
  const option = kind === 'docker' ? '--host' : '--url';
  return [
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-T'],
    ...(user === null ? [] : ['-l', user]),
    ...(port === null ? [] : ['-p', String(port)]),
    ...['--', host, kind],
    ...(path === null ? [] : [option, quoteWord(`unix://${path}`)]),
    ...['system', 'dial-stdio'],
  ];
}
