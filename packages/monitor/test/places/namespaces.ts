import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../../src/index.js';

const SCRIPT = fileURLToPath(new URL('namespaces.py', import.meta.url));

/** A socket to open. */
export interface SocketPlan extends Pick<Endpoint, 'protocol' | 'family' | 'address'> {
  /** 0 lets the kernel choose. */
  readonly port: number;
}

/** A socket that listens. */
export interface TestSocket extends SocketPlan {
  readonly inode: number;
}

/** A network namespace to make. */
export interface NamespacePlan {
  /** By which it is told from others, and its name for ip-netns(8) where a mount keeps it. */
  readonly name: string;
  readonly by: 'mount' | 'process';
  readonly sockets: readonly SocketPlan[];
}

/** A network namespace that is there. */
export interface TestNamespace {
  readonly name: string;
  /** Of the process that keeps it; null where a mount does. */
  readonly pid: number | null;
  readonly inode: number;
  readonly sockets: readonly TestSocket[];
}

/** A TCP listener on the loopback of IPv4. */
export function tcp(port: number, address = '127.0.0.1'): SocketPlan {
  return { protocol: 'tcp', family: 4, address, port };
}

/** A process that makes network namespaces and ends them. Those that are left end with it. */
export class Namespaces implements AsyncDisposable {
  readonly #child = spawn('python3', [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  readonly #lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  #answered: Promise<unknown> = Promise.resolve();

  /** Its process, which holds the sockets of namespaces that a mount keeps. */
  pid = 0;

  async ready(): Promise<this> {
    this.pid = Number((await this.#lines.next()).value);
    return this;
  }

  make(plans: readonly NamespacePlan[]): Promise<TestNamespace[]> {
    return this.#ask('make', plans);
  }

  /** Makes one, by a mount where nothing else is said. */
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

  /** One after the other: the answers come in the order of the questions. */
  #ask<T>(...question: readonly unknown[]): Promise<T> {
    const answer = this.#answered.then(async () => {
      this.#child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await this.#lines.next();
      if (done) throw new Error('the namespaces has ended');
      return JSON.parse(value) as T;
    });
    this.#answered = answer.catch(() => undefined);
    return answer;
  }
}

/** A namespaces that is ready. */
export function launch(): Promise<Namespaces> {
  return new Namespaces().ready();
}
