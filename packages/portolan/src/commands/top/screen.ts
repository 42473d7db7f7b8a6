import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Size } from './layout.js';

// Private modes of DEC and xterm (xterm's ctlseqs.txt).
const ALTERNATE_SCREEN = '?1049';
const CURSOR = '?25';
const AUTOWRAP = '?7';
const BRACKETED_PASTE = '?2004';
/** Has the terminal hold back a frame until it is whole. A terminal that does not know the mode ignores it. */
const SYNCHRONIZED_UPDATE = '?2026';

const ENTER = `${on(ALTERNATE_SCREEN)}${off(CURSOR)}${off(AUTOWRAP)}${on(BRACKETED_PASTE)}`;
const LEAVE = `${off(SYNCHRONIZED_UPDATE)}\x1b[0m${off(BRACKETED_PASTE)}${on(AUTOWRAP)}${on(CURSOR)}${off(ALTERNATE_SCREEN)}`;

const ERASE_SCREEN = '\x1b[2J';
const ERASE_LINE = '\x1b[2K';

/** What a screen calls when something happens at the terminal. */
export interface ScreenHandlers {
  /** What the keyboard sent. */
  readonly read: (chunk: string) => void;
  readonly resized: () => void;
  /** The terminal is gone. */
  readonly hungUp: () => void;
}

/** A terminal that the view has for itself from `enter` to `leave`. It is given back however the process ends. */
export class Screen {
  readonly #input: ReadStream;
  readonly #output: WriteStream & { readonly fd: number };
  #handlers: ScreenHandlers | undefined;
  #isEntered = false;
  /** What the terminal shows; undefined if that is not known. */
  #shown: readonly string[] | undefined;

  constructor(input: ReadStream, output: WriteStream & { readonly fd: number }) {
    this.#input = input;
    this.#output = output;
  }

  /** The size in cells. A terminal that does not know its size is taken for a VT100. */
  get size(): Size {
    return { width: this.#output.columns || 80, height: this.#output.rows || 24 };
  }

  enter(handlers: ScreenHandlers): void {
    this.#handlers = handlers;
    // Also if the process ends by process.exit(), or by an uncaught error, which is printed after this.
    process.on('exit', this.#restore).on('uncaughtExceptionMonitor', this.#restore);
    this.#input.setEncoding('utf8');
    this.#input.on('data', handlers.read).once('end', handlers.hungUp).once('error', handlers.hungUp);
    this.#output.on('resize', this.#resized);
    this.resume();
  }

  /** Takes the terminal (again). */
  resume(): void {
    this.#isEntered = true;
    // A shell may have changed the mode meanwhile. libuv does not know, and sets no mode that it believes to be set.
    this.#input.setRawMode(false);
    this.#input.setRawMode(true);
    this.#input.resume();
    this.#output.write(ENTER);
    this.repaint();
  }

  /** Gives the terminal back until `resume`. */
  suspend(): void {
    this.#restore();
    this.#input.pause();
  }

  /** Gives the terminal back for good. */
  leave(): void {
    this.suspend();
    const handlers = this.#handlers;
    if (handlers !== undefined)
      this.#input.off('data', handlers.read).off('end', handlers.hungUp).off('error', handlers.hungUp);
    this.#output.off('resize', this.#resized);
    process.off('exit', this.#restore).off('uncaughtExceptionMonitor', this.#restore);
  }

  /** Has the next frame drawn from scratch. */
  repaint(): void {
    this.#shown = undefined;
  }

  /** Shows the lines, as many as the screen has. Only those that changed are written, all at once. */
  draw(lines: readonly string[]): void {
    if (!this.#isEntered) return;
    const shown = this.#shown;
    const changed = lines.flatMap((line, index) =>
      line === shown?.[index] ? [] : [`\x1b[${index + 1};1H${shown === undefined ? '' : ERASE_LINE}${line}`],
    );
    this.#shown = lines;
    if (changed.length === 0) return;
    const erase = shown === undefined ? ERASE_SCREEN : '';
    this.#output.write(on(SYNCHRONIZED_UPDATE) + erase + changed.join('') + off(SYNCHRONIZED_UPDATE));
  }

  readonly #resized = (): void => {
    this.repaint();
    this.#handlers?.resized();
  };

  readonly #restore = (): void => {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    try {
      this.#input.setRawMode(false);
      // When the process exits, only a synchronous write arrives.
      writeSync(this.#output.fd, LEAVE);
    } catch {
      // The terminal is gone, and needs nothing any more.
    }
  };
}

function on(mode: string): string {
  return `\x1b[${mode}h`;
}

function off(mode: string): string {
  return `\x1b[${mode}l`;
}
