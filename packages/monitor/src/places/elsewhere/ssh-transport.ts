import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from '../../poll-thread/at-exit.js';
import { runProgram } from '../../programs/run-program.js';
import { SpawnTransport } from './spawn-transport.js';
import { checkSshTarget, quoteWord, sshCommand, sshExitArguments } from './ssh-command.js';
import type { Channel, Transport } from './transport.js';

const EXIT_LIMIT_MS = 3000;

/** A connection that all programs share. Its socket is in a folder that no other user may open. */
interface SharedConnection {
  readonly directory: string;
  readonly transport: SpawnTransport;
  readonly exitArguments: readonly string[];
  readonly forget: () => void;
}

/** Reaches another machine through ssh(1), all programs over one connection. */
export class SshTransport implements Transport {
  readonly #target: string;
  #shared: SharedConnection | undefined;
  #closing: Promise<void> = Promise.resolve();

  /**
   * @param target `[user@]hostname` or `ssh://[user@]hostname[:port]`; ssh's configuration files apply to it
   * @throws TypeError if it is no target (see {@link checkSshTarget})
   */
  constructor(target: string) {
    checkSshTarget(target);
    this.#target = target;
  }

  start(args: readonly string[]): Promise<Channel> {
    this.#shared ??= share(this.#target);
    // ssh joins its arguments with blanks, and the shell there splits the result again.
    return this.#shared.transport.start(args.map(quoteWord));
  }

  close(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    if (shared !== undefined) this.#closing = Promise.all([this.#closing, end(shared)]).then(() => {});
    return this.#closing;
  }
}

function share(target: string): SharedConnection {
  const directory = mkdtempSync(join(tmpdir(), 'portolan-ssh-'));
  const controlPath = join(directory, 'master');
  const exitArguments = sshExitArguments(target, controlPath);
  const forget = atExit(() => {
    spawnSync('ssh', exitArguments, { stdio: 'ignore', timeout: EXIT_LIMIT_MS, killSignal: 'SIGKILL' });
    rmSync(directory, { recursive: true, force: true });
  });
  return { directory, transport: new SpawnTransport(sshCommand(target, controlPath)), exitArguments, forget };
}

async function end({ directory, exitArguments, forget }: SharedConnection): Promise<void> {
  try {
    await runProgram({
      command: 'ssh',
      args: exitArguments,
      timeLimitMs: EXIT_LIMIT_MS,
      answers: [0],
      fail: (reason) => new Error(reason),
    });
  } catch {
    // There is no connection any more.
  }
  forget();
  rmSync(directory, { recursive: true, force: true });
}
