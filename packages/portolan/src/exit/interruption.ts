import { ExitStatus, signalStatus } from './exit-status.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Catches the signals that would end the program, so that it can end in order. */
export class Interruption {
  readonly #abort = new AbortController();
  #by: NodeJS.Signals | undefined;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#note);
  }

  /** Aborted by SIGINT, SIGTERM, SIGHUP and SIGQUIT. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The exit status for the signal; undefined while none came. */
  get status(): number | undefined {
    return this.#by === undefined ? undefined : signalStatus(this.#by);
  }

  /** The same for a command that runs until somebody ends it: SIGINT and SIGTERM are the usual way to do that. */
  get statusOfEndless(): number | undefined {
    return this.#by === 'SIGINT' || this.#by === 'SIGTERM' ? ExitStatus.found : this.status;
  }

  /** Gives the signals back their former effect. */
  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.#note);
  }

  readonly #note = (signal: NodeJS.Signals): void => {
    this.#by ??= signal;
    this.#abort.abort();
  };
}
