import { randomUUID } from 'node:crypto';
import type { Listener, OwnerRule } from '@portolan/monitor';

const VARIABLE = 'PORTOLAN_RUN';

/** How the processes of a run are known: by descent, or by a variable of their environment if they left the tree. */
export class RunMarker {
  readonly #id: string;
  readonly #descent = randomUUID();
  readonly #owner: string;

  /** @param outer the id of the run that this one is in. Whatever this run owns belongs to that run too. */
  constructor(outer: string | undefined = process.env[VARIABLE]) {
    this.#id = outer === undefined ? randomUUID() : `${outer}/${randomUUID()}`;
    this.#owner = `${VARIABLE}=${this.#id}`;
  }

  /** The rules by which a monitor knows what belongs to the run. The command is this process's only child. */
  get rules(): readonly OwnerRule[] {
    return [{ name: this.#descent, pid: process.pid }, { environment: VARIABLE }];
  }

  /** The environment for the command: this process's own, and the marker. */
  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, [VARIABLE]: this.#id };
  }

  /** True if a listener belongs to the run, or to a run within it. */
  owns({ owners }: Listener): boolean {
    return owners.some(
      (name) => name === this.#descent || name === this.#owner || name.startsWith(`${this.#owner}/`),
    );
  }
}
