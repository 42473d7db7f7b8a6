import type { Source, SourceName } from './source.js';
import { SourceError } from './source-error.js';

/** A source that this system or this place does not have. Every look fails without touching anything. */
export class UnsupportedSource implements Source {
  readonly name: SourceName;
  readonly #reason: string;

  constructor(name: SourceName, reason: string) {
    this.name = name;
    this.#reason = reason;
  }

  look(): never {
    throw new SourceError(this.name, this.#reason);
  }

  close(): void {}
}
