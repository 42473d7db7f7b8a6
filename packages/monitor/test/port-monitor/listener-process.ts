import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Only this process opens sockets here, and a monitor leaves out its own process: another one must open them. */
const SERVER = `
import socket, sys
sockets = {}
print('ready', flush=True)
for line in sys.stdin:
    verb, port = line.split()
    if verb == 'open':
        sockets[port] = socket.socket()
        sockets[port].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sockets[port].bind(('127.0.0.1', int(port)))
        sockets[port].listen(5)
    else:
        sockets.pop(port).close()
    print('done', flush=True)
`;

/** A process that opens and closes listeners as it is told. */
class ListenerProcess implements AsyncDisposable {
  readonly #child;
  readonly #lines;

  constructor(environment: NodeJS.ProcessEnv = {}) {
    this.#child = spawn('/usr/bin/env', ['python3', '-c', SERVER], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async ready(): Promise<this> {
    await this.#lines.next();
    return this;
  }

  async open(port: number): Promise<void> {
    await this.#tell(`open ${port}`);
  }

  async close(port: number): Promise<void> {
    await this.#tell(`close ${port}`);
  }

  async #tell(line: string): Promise<void> {
    this.#child.stdin.write(`${line}\n`);
    await this.#lines.next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exit;
  }
}

export function listenerProcess(environment?: NodeJS.ProcessEnv): Promise<ListenerProcess> {
  return new ListenerProcess(environment).ready();
}
