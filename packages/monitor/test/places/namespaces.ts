import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../../src/index.js';

const SCRIPT = fileURLToPath(new URL('namespaces.py', import.meta.url));

/** A socket to open. */
export interface SocketPlan extends Pick<Endpoint, 'protocol' | 'family' | 'address'> {
  /** If it is 0 the kernel chooses the port. */
  readonly port: number;
}

/** A socket that was opened. */
export interface TestSocket extends SocketPlan {
  readonly inode: number;
}

/** A network namespace to make. */
export interface NamespacePlan {
  /** Its name in this test; also its name for ip-netns(8) if a mount keeps it. */
  readonly name: string;
  /** What keeps it alive. */
  readonly by: 'mount' | 'process';
  readonly sockets: readonly SocketPlan[];
}

/** A network namespace that was made. */
export interface TestNamespace {
  readonly name: string;
  /** The process that keeps it alive; null if a mount does. */
  readonly pid: number | null;
  readonly inode: number;
  readonly sockets: readonly TestSocket[];
}

/** A TCP listener, by default on 127.0.0.1. */
export function tcp(port: number, address = '127.0.0.1'): SocketPlan {
  return { protocol: 'tcp', family: 4, address, port };
}

/** A process that makes network namespaces and ends them. When it ends, all that are left end too. */
export class Namespaces implements AsyncDisposable {
  readonly #child = spawn('python3', [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  readonly #lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  #answered: Promise<unknown> = Promise.resolve();

  /** The pid of that process. It holds the sockets of the namespaces that a mount keeps. */
  pid = 0;

  async ready(): Promise<this> {
    this.pid = Number((await this.#lines.next()).value);
    return this;
  }

  make(plans: readonly NamespacePlan[]): Promise<TestNamespace[]> {
    return this.#ask('make', plans);
  }

  /** Makes one namespace, by default kept by a mount. */
  async makeOne(
    name: string,
    sockets: readonly SocketPlan[],
    by: NamespacePlan['by'] = 'mount',
  ): Promise<TestNamespace> {
    const [made] = await this.make([{ name, by, sockets }]);
    if (made === undefined) throw new Error(`${name} was not made`);
    return made;
  }

  end(...names: string[]): Promise<unknown> {
    return this.#ask('end', names);
  }

  open(name: string, socket: SocketPlan): Promise<TestSocket> {
    return this.#ask('open', name, socket);
  }

  close(name: string, port: number): Promise<unknown> {
    return this.#ask('close', name, port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exit;
  }

  /** One question at a time: the answers come in the order of the questions. */
  #ask<T>(...question: readonly unknown[]): Promise<T> {
    const answer = this.#answered.then(async () => {
      this.#child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await this.#lines.next();
      if (done) throw new Error('namespaces.py has ended');
      return JSON.parse(value) as T;
    });
    this.#answered = answer.catch(() => undefined);
    return answer;
  }
}

/** Starts the process that makes namespaces, and waits until it is ready. */
export function startNamespaces(): Promise<Namespaces> {
  return new Namespaces().ready();
}
