import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/**
 * Listens on a port, prints its pid, and does as it is told on descriptor 3: `open PORT`, or `exec PORT VALUE`, which runs it
 * anew with that TERMINAL_ID in its environment, its sockets still open. Ends when nobody can tell it any more.
 */
const SERVER = `
import os, socket, sys
code, port = sys.argv[1], sys.argv[2]
def name_of(pid):
    with open('/proc/%d/comm' % pid) as comm: return comm.read().strip()
# Who detaches a server ends: that comes first.
while name_of(os.getppid()) == 'setsid': pass
kept = []
def serve(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(('127.0.0.1', int(port)))
    listener.listen(5)
    listener.set_inheritable(True)
    kept.append(listener)
    os.write(1, b'%d\\n' % os.getpid())
serve(port)
for line in os.fdopen(3):
    what, port, *value = line.split()
    if what == 'open': serve(port)
    else: os.execve(sys.executable, [sys.executable, '-c', code, code, port], {'TERMINAL_ID': value[0]})
`;

const PYTHON = execFileSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }).trim();

/** Serves as nobody, as what sudo starts serves as another user. */
const AS_NOBODY = `
import os, socket, sys
os.setgid(65534); os.setuid(65534)
exec(sys.argv[1])
`;

/** A shell, and the servers below it. */
export class ShellTree implements AsyncDisposable {
  readonly #shell;
  readonly #output: Readable;
  readonly #server: Writable;
  readonly #lines;

  /**
   * @param script starts servers in the background: `{serve} PORT`, or `{sudo serve} PORT` for one of another user and without
   *   an environment. At `{wait}` it waits
   * @param environment what the shell has in its environment besides
   */
  constructor(script: string, environment: NodeJS.ProcessEnv = {}) {
    const text = script
      .replaceAll('{wait}', 'read go <&3')
      .replaceAll('{serve}', '"$PYTHON" -c "$SERVER" "$SERVER"')
      .replaceAll('{sudo serve}', 'env -i "$PYTHON" -c "$AS_NOBODY" "$SERVER"');
    this.#shell = spawn('/bin/sh', ['-c', text], {
      env: { PATH: process.env.PATH, PYTHON, SERVER, AS_NOBODY, ...environment },
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    });
    this.#output = this.#shell.stdio[1] as Readable;
    this.#server = this.#shell.stdio[3] as Writable;
    this.#lines = createInterface({ input: this.#output })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#shell.pid ?? 0;
  }

  /** The pid of a server, once another port of it is open. */
  async opened(): Promise<number> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the server has ended');
    return Number(value);
  }

  /** Has a script go on that waits at `{wait}`. */
  goOn(): void {
    this.#server.write('\n');
  }

  /** Tells the server what to do, if there is but one. */
  tell(what: string): Promise<number> {
    this.#server.write(`${what}\n`);
    return this.opened();
  }

  /** Ends the shell, and no server. */
  async endShell(): Promise<void> {
    const exit = once(this.#shell, 'exit');
    this.#shell.kill('SIGKILL');
    await exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.end();
    await once(this.#output.resume(), 'close');
  }
}
