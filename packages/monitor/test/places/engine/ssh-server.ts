import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const SSHD = '/usr/sbin/sshd';
const PRIVILEGE_SEPARATION = '/run/sshd';

/** A real SSH server of a test's own, at a loopback port, and an `ssh` that trusts it and is trusted. */
export class SshServer implements AsyncDisposable {
  /** A folder for PATH with that `ssh`. */
  readonly bin: string;
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(directory: string, child: ChildProcess) {
    this.#directory = directory;
    this.bin = directory;
    this.#process = child;
  }

  static async start(port: number): Promise<SshServer> {
    const directory = mkdtempSync(join(tmpdir(), 'portolan-ssh-'));
    const file = (name: string) => join(directory, name);
    for (const name of ['host', 'user']) {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file(name)]);
    }
    writeFileSync(
      file('sshd_config'),
      [
        `ListenAddress 127.0.0.1:${port}`,
        `HostKey ${file('host')}`,
        `AuthorizedKeysFile ${file('user.pub')}`,
        ...['PidFile none', 'UsePAM no', 'StrictModes no', 'PermitRootLogin yes'],
      ].join('\n'),
    );
    const options = ['-F', 'none', '-i', file('user'), '-o', 'StrictHostKeyChecking=accept-new'];
    const known = ['-o', `UserKnownHostsFile=${file('known_hosts')}`];
    const ssh = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
    writeFileSync(file('ssh'), `#!/bin/sh\nexec ${ssh} ${[...options, ...known].join(' ')} "$@"\n`);
    chmodSync(file('ssh'), 0o755);
    // Where sshd was installed and never started as a service, nobody has made this.
    mkdirSync(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 });
    const child = spawn(SSHD, ['-D', '-e', '-f', file('sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const server = new SshServer(directory, child);
    let said = '';
    for await (const piece of child.stderr) {
      said += piece;
      if (said.includes('Server listening')) return server;
    }
    await server[Symbol.asyncDispose]();
    throw new Error(`sshd did not start: ${said}`);
  }

  get user(): string {
    return userInfo().username;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill();
      await ended;
    }
    rmSync(this.#directory, { recursive: true });
  }
}
