import { randomUUID } from 'node:crypto';
import { lstatSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../../options/usage-error.js';
import type { OpenPort } from './open-port.js';

/** The version of the file's content. It goes up when a key changes its meaning or goes away. */
const SCHEMA_VERSION = 1;

/** A JSON file of the open ports, for programs. It is replaced as a whole, so that nobody reads half of it. */
export class PortsFile {
  readonly #path: string;
  readonly #command: readonly string[];
  readonly #say: (line: string) => void;
  #pid: number | null = null;
  #ports: readonly OpenPort[] = [];
  #written: string | undefined;
  #isBroken = false;

  /**
   * Writes the file with an empty list.
   *
   * @param say receives a line if the file can no longer be written
   * @throws UsageError if the file can't be written at all
   */
  constructor(path: string, command: readonly string[], say: (line: string) => void) {
    this.#command = command;
    this.#say = say;
    try {
      this.#path = resolveRegular(path);
      this.#write();
    } catch (error) {
      throw error instanceof UsageError
        ? error
        : new UsageError(`--ports-file: ${path} can't be written (${codeOf(error)})`);
    }
  }

  /** @param pid the command's */
  started(pid: number): void {
    this.#pid = pid;
    this.#tryToWrite();
  }

  /** @param ports all that are open now */
  update(ports: readonly OpenPort[]): void {
    this.#ports = ports;
    this.#tryToWrite();
  }

  #tryToWrite(): void {
    try {
      this.#write();
      this.#isBroken = false;
    } catch (error) {
      if (!this.#isBroken) this.#say(`portolan: ${this.#path} can't be written (${codeOf(error)})`);
      this.#isBroken = true;
    }
  }

  #write(): void {
    const content = {
      schemaVersion: SCHEMA_VERSION,
      command: this.#command,
      pid: this.#pid,
      ports: this.#ports,
    };
    const text = `${JSON.stringify(content, null, 2)}\n`;
    if (text === this.#written) return;
    const temporary = join(dirname(this.#path), `.${basename(this.#path)}.${randomUUID()}`);
    try {
      writeFileSync(temporary, text, { flag: 'wx' });
      renameSync(temporary, this.#path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    this.#written = text;
  }
}

/** Follows a symbolic link, so that it stays one. Anything but a file (/dev/null) must not be replaced by a file. */
function resolveRegular(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isFile()) return path;
  if (stat.isSymbolicLink()) return resolveRegular(realpathSync(path));
  throw new UsageError(`--ports-file takes a file, which ${path} is not`);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
