import { ProcessMemory } from './process-memory.js';
import type { ProcessIdentity } from './process-tree.js';

/** Remembers the values of variables in the environments of processes. Each is read once. */
export class EnvironmentValues {
  readonly #read: (pid: number, name: string) => string | undefined;
  readonly #known = new ProcessMemory<Map<string, string | undefined>>();

  constructor(read: (pid: number, name: string) => string | undefined) {
    this.#read = read;
  }

  get(process: ProcessIdentity, variable: string): string | undefined {
    const values = this.#known.get(process, () => new Map());
    if (!values.has(variable)) values.set(variable, this.#read(process.pid, variable));
    return values.get(variable);
  }
}
