import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const DIST = new URL('../../../dist/', import.meta.url).href;

/** A Node process that runs a module, in which DIST is where the built library is. */
export class RunningModule {
  readonly process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #exit: Promise<unknown[]>;
  #errors = '';

  constructor(source: string, uid = process.getuid?.() ?? 0) {
    const module = `const DIST = ${JSON.stringify(DIST)};\n${source}`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', module], {
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: new URL('.', import.meta.url),
      uid,
    });
    this.process = child;
    this.#exit = once(child, 'close');
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.on('data', (data) => {
      this.#errors += String(data);
    });
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`it ended: ${this.#errors}`);
    return value;
  }

  /** Lets a module go on that waits for its standard input. */
  goOn(): void {
    this.process.stdin?.write('\n');
  }

  /** Its exit status, or the signal that ended it. */
  async end(): Promise<unknown> {
    const [status, signal] = await this.#exit;
    return status ?? signal;
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#exit;
  }
}
