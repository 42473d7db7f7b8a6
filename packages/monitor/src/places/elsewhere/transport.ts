import type { Readable, Writable } from 'node:stream';

/** A program that runs elsewhere, through its standard streams. The caller that started it must handle their errors. */
export interface Channel {
  /** Its standard input. When this is ended, the program's input ends too. */
  readonly input: Writable;
  /** The bytes of its standard output, without standard error. While it is paused, its buffer must stay bounded. */
  readonly output: Readable;
  /** Resolves when the program has ended, with the reason in one line that is safe to print. Never rejects. */
  readonly ended: Promise<string>;
  /** Ends the program, and what it started on this machine. May be called more than once. */
  close(): void;
}

/** A way to run programs elsewhere: in a container, on another machine. */
export interface Transport {
  /**
   * Starts a program.
   *
   * @param args the program's name and arguments; each must reach the program unchanged
   * @throws Error if it can't be started, with a reason that a person understands
   */
  start(args: readonly string[]): Promise<Channel>;
  /** Releases what is held between programs (a shared connection). The transport may be used again. */
  close(): Promise<void>;
}
