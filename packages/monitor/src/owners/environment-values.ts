import type { ProcessIdentity } from './process-tree.js';

/** So many processes are remembered before those asked for longest ago are forgotten. */
const LIMIT = 4096;

/** What variables were set to in the environments of processes, each read once. */
export class EnvironmentValues {
  readonly #read: (pid: number, name: string) => string | undefined;
  readonly #known = new Map<string, Map<string, string | undefined>>();

  constructor(read: (pid: number, name: string) => string | undefined) {
    this.#read = read;
  }

  get(process: ProcessIdentity, variable: string): string | undefined {
    const key = `${process.pid} ${process.startTicks}`;
    const values = this.#known.get(key) ?? new Map<string, string | undefined>();
    this.#known.delete(key);
    this.#known.set(key, values);
    if (this.#known.size > LIMIT) this.#known.delete(this.#known.keys().next().value ?? key);
    if (!values.has(variable)) values.set(variable, this.#read(process.pid, variable));
    return values.get(variable);
  }
}
