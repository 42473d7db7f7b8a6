import { constants } from 'node:os';
import { ExitStatus } from './exit-status.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Notices, in place of dying of it, that somebody wants the program to end. */
export class Interruption {
  readonly #abort = new AbortController();
  #by: NodeJS.Signals | undefined;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#note);
  }

  /** Is aborted by SIGINT, SIGTERM, SIGHUP and SIGQUIT. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The exit status for it; undefined while nobody interrupted. */
  get status(): number | undefined {
    return this.#by === undefined ? undefined : signalStatus(this.#by);
  }

  /** The same for what runs until somebody ends it: SIGINT and SIGTERM are how that is done. */
  get statusOfEndless(): number | undefined {
    return this.#by === 'SIGINT' || this.#by === 'SIGTERM' ? ExitStatus.found : this.status;
  }

  /** From now on the signals do what they did before. */
  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.#note);
  }

  readonly #note = (signal: NodeJS.Signals): void => {
    this.#by ??= signal;
    this.#abort.abort();
  };
}

/** The exit status that a shell gives to a program that died of a signal. */
export function signalStatus(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
