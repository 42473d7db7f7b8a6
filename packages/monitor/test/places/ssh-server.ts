import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../free-port.js';

const SSHD = '/usr/sbin/sshd';

/** Whether an OpenSSH server can be started here. If not, tests that need one are skipped. */
export const MAY_SERVE_SSH = process.getuid?.() === 0 && existsSync(SSHD);

/** An OpenSSH server on 127.0.0.1, at which root may log in with a key. */
export class SshServer implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'portolan-sshd-'));
  #port = 0;
  #stop: (() => Promise<void>) | undefined;
  readonly #log: string[] = [];

  /**
   * Makes the server's keys and starts it.
   *
   * @param path the PATH of whoever logs in; by default a folder with `cat` and `sh` alone
   */
  static async start(path?: string): Promise<SshServer> {
    const server = new SshServer();
    try {
      server.#prepare(await freePort(), path);
      await server.start();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The server and its user, as ssh(1) takes them. */
  get target(): string {
    return `ssh://root@127.0.0.1:${this.#port}`;
  }

  /** A folder for PATH with an `ssh` that knows the key and the server. */
  get clientPath(): string {
    return join(this.directory, 'client');
  }

  /** An empty folder for temporary files. */
  get temporaryPath(): string {
    return join(this.directory, 'tmp');
  }

  /** Puts {@link clientPath} into PATH and {@link temporaryPath} into TMPDIR; returns a function that undoes it. */
  useHere(): () => void {
    const { PATH, TMPDIR } = process.env;
    process.env.PATH = `${this.clientPath}${delimiter}${PATH}`;
    process.env.TMPDIR = this.temporaryPath;
    return () => {
      process.env.PATH = PATH;
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    };
  }

  /** How many connections were accepted since the server was first started. */
  get logins(): number {
    return this.#log.filter((line) => line.includes('Accepted publickey')).length;
  }

  /** Starts the server and waits until it listens. */
  async start(): Promise<void> {
    const child = spawn(SSHD, ['-D', '-e', '-f', join(this.directory, 'sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'exit');
    this.#stop = async () => {
      const sessions = descendants(child.pid ?? 0);
      child.kill('SIGKILL');
      for (const pid of sessions) kill(pid);
      await ended;
    };
    const lines = createInterface(child.stderr);
    lines.on('line', (line) => this.#log.push(line));
    const failed = ended.then(() => {
      throw new Error(`sshd has ended: ${this.#log.at(-1)}`);
    });
    // When the server ends later, nobody waits for this any more.
    failed.catch(() => undefined);
    while (!this.#log.some((line) => line.startsWith('Server listening')))
      await Promise.race([once(lines, 'line'), failed]);
  }

  /** Kills the server and all processes of its sessions. */
  async kill(): Promise<void> {
    await this.#stop?.();
    this.#stop = undefined;
    // The next start() must wait for a line of its own.
    for (const [i, line] of this.#log.entries())
      this.#log[i] = line.replace('Server listening', 'Was listening');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #prepare(port: number, path?: string): void {
    this.#port = port;
    const file = (name: string) => join(this.directory, name);
    for (const name of ['host-key', 'user-key']) {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
    }
    mkdirSync(file('bin'));
    symlinkSync('/bin/cat', file('bin/cat'));
    symlinkSync('/bin/sh', file('bin/sh'));
    mkdirSync(this.temporaryPath);
    // sshd refuses to start without this folder, which the package's init script makes. It stays: others may use it by then.
    mkdirSync('/run/sshd', { recursive: true });
    writeFileSync(
      file('sshd_config'),
      `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${file('host-key')}
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
AuthorizedKeysFile ${file('user-key.pub')}
SetEnv PATH=${path ?? file('bin')}
`,
    );
    const hostKey = readFileSync(file('host-key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
    mkdirSync(file('client'));
    const options = `-F none -o IdentitiesOnly=yes -o IdentityFile=${file('user-key')} -o UserKnownHostsFile=${file('known_hosts')}`;
    writeFileSync(file('client/ssh'), `#!/bin/sh\nexec ${sshProgram()} ${options} "$@"\n`, { mode: 0o755 });
  }
}

function sshProgram(): string {
  return execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
}

/** The descendants of a process, from /proc/PID/stat. */
function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]));
    } catch {
      // It has ended.
    }
  }
  const below = [root];
  for (const parent of below) {
    for (const [pid, of] of parents) if (of === parent && !below.includes(pid)) below.push(pid);
  }
  return below.slice(1);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
