import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Notices, in place of dying of it, that somebody wants the program to end. */
export class Interruption {
  readonly #abort = new AbortController();
  #status: number | undefined;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#note);
  }

  /** Is aborted by SIGINT and SIGTERM. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The exit status for it; undefined while nobody interrupted. */
  get status(): number | undefined {
    return this.#status;
  }

  /** From now on the signals do what they did before. */
  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.#note);
  }

  readonly #note = (signal: NodeJS.Signals): void => {
    this.#status ??= signalStatus(signal);
    this.#abort.abort();
  };
}

/** The exit status that a shell gives to a program that died of a signal. */
export function signalStatus(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
