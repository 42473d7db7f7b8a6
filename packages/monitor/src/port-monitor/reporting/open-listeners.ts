import type { Listener } from '../../listener.js';
import type { Process } from '../../processes/process.js';
import type { Passage } from '../records/replay.js';
import type { EventBody, ListenerChange } from './event.js';
import { type KnownListener, KnownListeners } from './known-listeners.js';

/** What is told, and to whom. */
export interface OpenListenersOptions {
  /** How long a listener has to be open before it is told of. */
  readonly settleMs: number;
  /** Whether to wait for that keeps the process alive. */
  readonly persistent: boolean;
  readonly isWanted: (listener: Listener) => boolean;
  readonly publish: (happening: EventBody) => void;
  /** Some listener has been open long enough now. */
  readonly onSettling: () => void;
}

/** What is open at a site, and what of it was told: of each listener that it opened before that it closed, and neither twice. */
export class OpenListeners {
  readonly #options: OpenListenersOptions;
  readonly #known = new KnownListeners();
  #settleTimer: NodeJS.Timeout | undefined;

  constructor(options: OpenListenersOptions) {
    this.#options = options;
  }

  /** Those that are wanted, in the order of `compareListeners`. */
  listeners(): readonly Listener[] {
    return this.#all().filter(this.#options.isWanted);
  }

  /** Those of them that were told or were there at the start: the end of each will be told. */
  reported(): readonly Listener[] {
    const shown = this.#known.sorted().filter((known) => this.#isShown(known));
    return shown.map(({ listener }) => listener);
  }

  /** Whether it is still as it was. */
  isOpen(listener: Listener): boolean {
    return this.#known.getUnchanged(listener) !== undefined;
  }

  /** What was there at the start, which is no event. */
  addInitial(listeners: readonly Listener[]): void {
    for (const listener of listeners) this.#known.addInitial(listener, performance.now());
  }

  /** A listener that has come, or whose sockets are others now. The former is told by {@link settle}. */
  note(listener: Listener, now: number): void {
    const known = this.#known.get(listener);
    if (known === undefined) this.#known.add(listener, now);
    else this.#update(known, listener, ['sockets']);
  }

  /** Its processes were found after it had to be told without them. */
  learn(late: readonly Listener[]): void {
    for (const listener of late) {
      const known = this.#known.getUnchanged(listener);
      if (known === undefined || haveSameProcesses(known.listener, listener)) continue;
      this.#update(known, listener, ['processes']);
    }
    this.settle();
  }

  /** Owners came or went. */
  reassign(attachOwners: (listeners: readonly Listener[]) => readonly Listener[]): void {
    const known = this.#known.sorted();
    const assigned = attachOwners(this.#all());
    for (const [i, each] of known.entries()) {
      const listener = assigned[i];
      if (listener !== undefined && listener !== each.listener) this.#update(each, listener, ['owners']);
    }
    this.settle();
  }

  forget(listener: Listener): void {
    const known = this.#known.remove(listener);
    if (known === undefined || !this.#isShown(known)) return;
    this.#options.publish({ type: 'closed', listener: known.listener, openMs: openMs(known) });
  }

  forgetAll(): void {
    for (const listener of this.#all()) this.forget(listener);
  }

  /** What came and went unseen has not been open long enough for who wants to know only of what settled. */
  tellPassage(listener: Listener, { opened, closed }: Passage): void {
    const { settleMs, isWanted, publish } = this.#options;
    if (settleMs > 0 || !isWanted(listener)) return;
    const openMs = milliseconds(Number(closed.atNs - opened.atNs) / 1e6);
    publish({ type: 'opened', listener, transient: true });
    publish({ type: 'closed', listener, openMs, transient: true });
  }

  /** Tells of what has been open for long enough, and comes back when the next one has. */
  settle(): void {
    const { settleMs, persistent, isWanted, publish, onSettling } = this.#options;
    const now = performance.now();
    for (const known of this.#known.takeSettled(now, settleMs)) {
      if (!isWanted(known.listener)) continue;
      known.isReported = true;
      publish({ type: 'opened', listener: known.listener });
    }
    this.stop();
    const waitMs = this.#known.nextSettlesInMs(now, settleMs);
    if (waitMs === undefined) return;
    this.#settleTimer = setTimeout(onSettling, waitMs);
    if (!persistent) this.#settleTimer.unref();
  }

  /** Does not come back any more. */
  stop(): void {
    clearTimeout(this.#settleTimer);
  }

  /** It changed its processes or owners, and so it may no longer be wanted, or only now. */
  #update(known: KnownListener, listener: Listener, changes: readonly ListenerChange[]): void {
    const { isWanted, publish } = this.#options;
    const previous = known.listener;
    const wasShown = this.#isShown(known);
    known.listener = listener;
    known.isReported = wasShown && isWanted(listener);
    if (known.isReported) publish({ type: 'changed', listener, previous, changes });
    else if (wasShown) publish({ type: 'closed', listener: previous, openMs: openMs(known) });
    else if (isWanted(listener)) this.#known.reconsider(known);
  }

  #isShown({ listener, isReported }: KnownListener): boolean {
    return isReported && this.#options.isWanted(listener);
  }

  #all(): readonly Listener[] {
    return this.#known.sorted().map(({ listener }) => listener);
  }
}

function haveSameProcesses(a: Listener, b: Listener): boolean {
  if (a.processes === null || b.processes === null) return a.processes === b.processes;
  return (
    a.processes.length === b.processes.length &&
    a.processes.every((each, i) => isSame(each, b.processes?.[i]))
  );
}

function isSame(a: Process, b: Process | undefined): boolean {
  return a.pid === b?.pid && a.startTicks === b.startTicks;
}

function openMs({ since }: KnownListener): number {
  return milliseconds(performance.now() - since);
}

/** To the microsecond. */
function milliseconds(ms: number): number {
  return Math.round(1000 * ms) / 1000;
}
