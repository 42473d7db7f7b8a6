import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestEngine } from './test-engine.js';

const START_LIMIT_MS = 30_000;

/** The process of an engine. It does not outlive this process. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #log: string;

  constructor(command: string, args: readonly string[], log: string, env: NodeJS.ProcessEnv = {}) {
    this.#log = log;
    const out = openSync(log, 'a');
    this.#child = spawn('setpriv', ['--pdeathsig', 'TERM', command, ...args], {
      stdio: ['ignore', out, out],
      env: { ...process.env, ...env },
    });
    closeSync(out);
  }

  /** Waits until the engine answers. No event tells when it does. */
  async untilItAnswers(engine: TestEngine): Promise<void> {
    const deadline = performance.now() + START_LIMIT_MS;
    while (!(await engine.answers())) {
      if (this.#hasEnded() || performance.now() > deadline) {
        throw new Error(`the engine did not start:\n${readFileSync(this.#log, 'utf8')}`);
      }
      await delay(50);
    }
  }

  async end(): Promise<void> {
    if (this.#hasEnded()) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
