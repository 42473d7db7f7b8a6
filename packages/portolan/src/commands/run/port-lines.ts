import { byEndpoint, type OpenPort, openPortText } from './open-port.js';

/**
 * How long a port must be closed before that is said. A server that restarts opens its port again, and a command that ends
 * closes all its ports.
 */
const CLOSED_MS = 200;

/** Says in a line each which ports a run opens, at once, and which it closes. */
export class PortLines {
  readonly #say: (line: string) => void;
  readonly #said = new Map<string, OpenPort>();
  #open: ReadonlyMap<string, OpenPort> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** @param ports all that are open now */
  update(ports: readonly OpenPort[]): void {
    if (this.#hasEnded) return;
    this.#open = byEndpoint(ports);
    for (const [endpoint, open] of this.#open) {
      if (this.#said.get(endpoint)?.pid === open.pid) continue;
      this.#said.set(endpoint, open);
      this.#say(openPortText(open));
    }
    clearTimeout(this.#timer);
    if ([...this.#said.keys()].some((endpoint) => !this.#open.has(endpoint)))
      this.#timer = setTimeout(() => this.#sayClosed(), CLOSED_MS);
  }

  /** Says nothing from now on. */
  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }

  #sayClosed(): void {
    for (const endpoint of this.#said.keys()) {
      if (this.#open.has(endpoint)) continue;
      this.#said.delete(endpoint);
      this.#say(`closed  ${endpoint}`);
    }
  }
}
