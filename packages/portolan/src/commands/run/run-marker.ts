import { randomUUID } from 'node:crypto';
import type { Listener, OwnerRule } from '@portolan/monitor';

const VARIABLE = 'PORTOLAN_RUN';

/** What the processes of a run are known by: by descent, and by a variable in their environment where they left that. */
export class RunMarker {
  readonly #id: string;
  readonly #descent = randomUUID();
  readonly #owner: string;

  /** @param outer the id of the run that this one is in, whose own everything here is too */
  constructor(outer: string | undefined = process.env[VARIABLE]) {
    this.#id = outer === undefined ? randomUUID() : `${outer}/${randomUUID()}`;
    this.#owner = `${VARIABLE}=${this.#id}`;
  }

  /** For the monitor that tells whose a port is. This process has no children but the command. */
  get rules(): readonly OwnerRule[] {
    return [{ name: this.#descent, pid: process.pid }, { environment: VARIABLE }];
  }

  /** The environment for the command: this one, and the marker. */
  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, [VARIABLE]: this.#id };
  }

  /** Whether a listener belongs to the run, or to one within it. */
  owns({ owners }: Listener): boolean {
    return owners.some(
      (name) => name === this.#descent || name === this.#owner || name.startsWith(`${this.#owner}/`),
    );
  }
}
