import type { Source, SourceName } from './source.js';
import { SourceError } from './source-error.js';

/** A source that this system does not have: every look fails, without touching anything. */
export class UnsupportedSource implements Source {
  readonly name: SourceName;

  constructor(name: SourceName) {
    this.name = name;
  }

  look(): never {
    throw new SourceError(this.name, 'only Linux has this; the source of macOS is lsof');
  }

  close(): void {}
}
