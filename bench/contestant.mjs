import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const ANSWER_LIMIT_MS = 60_000;
const COMPLAINT_LIMIT = 2000;
/** Time to start, to be compiled, and for V8 to tidy up once after that: it does so some 9 s after the start, for 40 ms. */
export const SETTLE_SECONDS = 15;

/**
 * @typedef {{ cpuUs: number, ms: number }} Cost processor time, and in how much time
 *
 * One who looks at the listeners, in a process of its own, so that neither heap nor compiled code is shared.
 *
 * It reads lines with a number of looks from its standard input, looks so often, and answers in one line of
 * JSON: `microseconds`, how long each look took, and `sockets`, how many listening ones it saw, where it counts.
 * Those of monitor/ are asked other things in the same way.
 */
export class Contestant {
  #child;
  #answers;
  #complaint = '';
  #ended;

  /** @param {readonly string[]} command */
  constructor([file, ...args]) {
    // A process group of its own, so that a hanging one can be ended with whatever it runs.
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.#ended = Promise.race([once(this.#child, 'close'), once(this.#child, 'error')]).catch((error) => {
      this.#complaint += error.message;
    });
    this.#child.stderr.on('data', (piece) => {
      if (this.#complaint.length < COMPLAINT_LIMIT) this.#complaint += piece;
    });
    // Writing to one that has ended is told by its missing answer.
    this.#child.stdin.on('error', () => {});
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Has it look.
   *
   * @param {number} looks
   * @returns {Promise<{ microseconds: number[], sockets?: number }>}
   * @throws Error with what it said on standard error, where it gave no answer
   */
  look(looks) {
    return this.ask(looks);
  }

  /**
   * Writes it a line, and reads the line with its answer.
   *
   * @param {string | number} line
   * @returns {Promise<unknown>}
   * @throws Error with what it said on standard error, where it gave no answer
   */
  async ask(line) {
    const timer = setTimeout(() => this.#kill(), ANSWER_LIMIT_MS);
    this.#child.stdin.write(`${line}\n`);
    const { value, done } = await this.#answers.next();
    clearTimeout(timer);
    if (!done) return JSON.parse(value);
    await this.#ended;
    throw new Error(lastLine(this.#complaint) ?? `no answer within ${ANSWER_LIMIT_MS / 1000} s`);
  }

  /**
   * What a second of it costs once it has settled, the median of so many, by the kernel's account of all its threads. Not the
   * mean: what V8 tidies up once would count as if it came again and again. It is not asked, since that would wake it.
   *
   * @param {number} seconds
   * @returns {Promise<Cost>}
   */
  async medianCost(seconds) {
    await sleep(1000 * SETTLE_SECONDS);
    const costs = [];
    for (let i = 0; i < seconds; i++) costs.push(await this.#costOver(1));
    return costs.sort((a, b) => a.cpuUs / a.ms - b.cpuUs / b.ms)[Math.floor(seconds / 2)];
  }

  /**
   * The same in all of these seconds, for those who do something now and then.
   *
   * @param {number} seconds
   * @returns {Promise<Cost>}
   */
  async meanCost(seconds) {
    await sleep(1000 * SETTLE_SECONDS);
    return this.#costOver(seconds);
  }

  async #costOver(seconds) {
    const start = performance.now();
    const before = cpuUsOf(this.#child.pid);
    await sleep(1000 * seconds);
    return { cpuUs: cpuUsOf(this.#child.pid) - before, ms: performance.now() - start };
  }

  /** Ends it, and waits until it has ended. */
  async stop() {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#kill(), 2000);
    await this.#ended;
    clearTimeout(timer);
  }

  #kill() {
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

/** What the threads of a process have run so far (Documentation/scheduler/sched-stats.rst). */
function cpuUsOf(pid) {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [ranNs] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
    return sum + Number(ranNs) / 1000;
  }, 0);
}

/** Of a stack trace the line with the message, of anything else the last one. */
function lastLine(complaint) {
  const lines = complaint.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((one) => /^\w*Error( \[\w+\])?: /.test(one)) ?? lines.at(-1);
  return line?.replace(/^Error: /, '');
}
