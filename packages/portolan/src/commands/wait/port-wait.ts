import type { PortMonitor } from '@portolan/monitor';
import { matches } from '../../listeners/listener-filter.js';
import { until } from '../../waiting/until.js';
import { HttpCheck } from './http-check.js';
import { httpTarget } from './http-target.js';
import { pendingPorts, portsOf, portsText, type Wanted } from './pending-ports.js';

/** Waits for ports, and can say at any time for which. */
export class PortWait {
  readonly #monitor: PortMonitor;
  readonly #wanted: Wanted;
  readonly #httpPath: string | undefined;
  /** The checks that have not passed yet. */
  readonly #checks = new Set<HttpCheck>();

  /** @param httpPath the path that all ports must answer once they listen */
  constructor(monitor: PortMonitor, wanted: Wanted, httpPath?: string) {
    this.#monitor = monitor;
    this.#wanted = wanted;
    this.#httpPath = httpPath;
  }

  /** Waits, and returns true if everything is as wanted, or false if the wait was given up. */
  async done(giveUp: AbortSignal): Promise<boolean> {
    while (await until(this.#monitor, () => this.#pending().length === 0, giveUp)) {
      if (this.#httpPath === undefined || (await this.#answers(this.#httpPath, giveUp))) return true;
      if (giveUp.aborted) return false;
    }
    return false;
  }

  /** What the wait still waits for: `5432, 6379`. */
  waitingFor(): string {
    const pending = this.#pending();
    if (pending.length > 0) return portsText(pending) + (this.#wanted.closed ? ' to close' : '');
    return [...this.#checks].map(({ url }) => url).join(', ');
  }

  /** What is still not as wanted, in a sentence. */
  shortcoming(): string {
    const pending = this.#pending();
    if (pending.length === 0)
      return [...this.#checks].map(({ url, answer }) => `${url} ${answer}`).join(', ');
    if (!this.#wanted.closed) return `nothing listens on ${portsText(pending)}`;
    const isOne = pending.length === 1 && pending[0]?.from === pending[0]?.to;
    return `${portsText(pending)} ${isOne ? 'is' : 'are'} still open`;
  }

  #pending() {
    return pendingPorts(this.#monitor.listeners(), this.#wanted);
  }

  /** Asks all ports. Gives up if one of them closes meanwhile, since it may come back at another address. */
  async #answers(path: string, giveUp: AbortSignal): Promise<boolean> {
    const closed = new AbortController();
    const { signal } = closed;
    void until(this.#monitor, () => this.#pending().length > 0, signal).then(() => closed.abort());
    const checks = this.#createChecks(path);
    const answered = await Promise.all(
      checks.map((check) => this.#run(check, AbortSignal.any([giveUp, signal]))),
    );
    closed.abort();
    return answered.every(Boolean);
  }

  async #run(check: HttpCheck, giveUp: AbortSignal): Promise<boolean> {
    const passes = await check.passes(giveUp);
    if (passes) this.#checks.delete(check);
    return passes;
  }

  #createChecks(path: string): HttpCheck[] {
    const { ports, filter } = this.#wanted;
    const listeners = this.#monitor.listeners().filter((listener) => matches(listener, filter));
    this.#checks.clear();
    for (const port of portsOf(ports)) {
      const target = httpTarget(listeners.filter((listener) => listener.port === port));
      if (target !== undefined) this.#checks.add(new HttpCheck(target, path));
    }
    return [...this.#checks];
  }
}
