import type { Readable, Writable } from 'node:stream';

/** A program that runs elsewhere, by its standard streams. Whoever has started it listens to their errors. */
export interface Channel {
  /** Its standard input; ended, it is at an end there too. */
  readonly input: Writable;
  /** Its standard output alone, as bytes. It may be paused for long, and must not be gathered without bounds meanwhile. */
  readonly output: Readable;
  /** Resolves once it is over, with why, in one line that is safe to print. Never rejects. */
  readonly ended: Promise<string>;
  /** Ends it, and whatever it started on this side. May be called more than once. */
  close(): void;
}

/** A way to run programs somewhere else: in a container, on another machine. */
export interface Transport {
  /**
   * Starts a program.
   *
   * @param args its name and its arguments; each of them must reach it as it is
   * @throws Error where it can't be started, with a reason that a person understands
   */
  start(args: readonly string[]): Promise<Channel>;
  /** Lets go of what is held between programs (a shared connection). It may be used again. */
  close(): Promise<void>;
}
