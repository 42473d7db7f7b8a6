import { compareListeners, type Listener, listenerKey } from '../../listener.js';
import type { Process } from '../../processes/process.js';
import { difference } from '../difference.js';
import type { IgnoredHolders } from '../holders/ignored-holders.js';
import type { TransientListener } from '../records/replay.js';
import type { EventBody, ListenerChange } from './event.js';
import { type PortFilter, passes } from './port-filter.js';

/** Which listeners are told of, and to whom. */
export interface OpenListenersOptions {
  /** How long a listener has to be open before it is told of. */
  readonly settleMs: number;
  /** Whether to wait for that keeps the process alive. */
  readonly persistent: boolean;
  readonly filter: PortFilter;
  readonly ignored: Pick<IgnoredHolders, 'has'>;
  readonly events: { publish(body: EventBody): void };
  /** Is rung for when some listener has been open long enough. */
  readonly looks: { ring(): void };
}

/** A listener that was seen in the last look. */
interface OpenListener {
  /** With what was learned of its processes. */
  listener: Listener;
  /** When it was first seen, on the clock of `performance.now()`. */
  readonly since: number;
  /** Somebody was told that it is there, or it was there at the start: so its end is told as well. */
  isReported: boolean;
}

/** What is open at a site as the reader of events knows it: each listener that was told to open is told to close, and neither twice. */
export class OpenListeners {
  readonly #options: OpenListenersOptions;
  readonly #open = new Map<string, OpenListener>();
  /** What the last look saw. */
  #seen: readonly Listener[] = [];
  /** Whether each of the open ones has the queues that the last look saw. */
  #hasQueues = true;
  /** Those that are to be told of once they have been open for long enough. */
  readonly #unsettled = new Set<OpenListener>();
  #settleTimer: NodeJS.Timeout | undefined;

  constructor(options: OpenListenersOptions) {
    this.#options = options;
  }

  /** Those that are wanted, in the order of `compareListeners`. */
  listeners(): readonly Listener[] {
    this.#takeOverQueues();
    return this.#all().filter((listener) => this.#isWanted(listener));
  }

  /** Those of them that were told or were there at the start: the end of each will be told. */
  reported(): readonly Listener[] {
    this.#takeOverQueues();
    const shown = this.#sorted().filter((open) => this.#isShown(open));
    return shown.map(({ listener }) => listener);
  }

  /** Whether it is open, with the same sockets. */
  isOpen(listener: Listener): boolean {
    return this.#getUnchanged(listener) !== undefined;
  }

  /** What was there at the start, which is no event. */
  addInitial(listeners: readonly Listener[]): void {
    const since = performance.now();
    for (const listener of listeners)
      this.#open.set(listenerKey(listener), { listener, since, isReported: true });
  }

  /** All that a look saw, in the order of `compareListeners`: what waits in their queues is no event, but whoever asks sees it. */
  sawQueues(seen: readonly Listener[]): void {
    this.#seen = seen;
    this.#hasQueues = false;
  }

  /** A listener that has come, or whose sockets are others now. The former is told by {@link settle}. */
  note(listener: Listener, now: number): void {
    const key = listenerKey(listener);
    const known = this.#open.get(key);
    if (known !== undefined) {
      this.#update(known, listener, ['sockets']);
      return;
    }
    const open = { listener, since: now, isReported: false };
    this.#open.set(key, open);
    this.#unsettled.add(open);
  }

  /** Its processes were found after it had to be told without them. */
  learn(late: readonly Listener[]): void {
    for (const listener of late) {
      const open = this.#getUnchanged(listener);
      if (open === undefined || haveSameProcesses(open.listener, listener)) continue;
      this.#update(open, listener, ['processes']);
    }
    this.settle();
  }

  /** Owners came or went. */
  reassign(attachOwners: (listeners: readonly Listener[]) => readonly Listener[]): void {
    const open = this.#sorted();
    const assigned = attachOwners(this.#all());
    for (const [i, each] of open.entries()) {
      const listener = assigned[i];
      if (listener !== undefined && listener !== each.listener) this.#update(each, listener, ['owners']);
    }
    this.settle();
  }

  forget(listener: Listener): void {
    const key = listenerKey(listener);
    const open = this.#open.get(key);
    if (open === undefined) return;
    this.#open.delete(key);
    this.#unsettled.delete(open);
    if (this.#isShown(open)) this.#tellClosed(open, open.listener);
  }

  forgetAll(): void {
    for (const listener of this.#all()) this.forget(listener);
  }

  /** What came and went unseen has not been open long enough for whoever wants to know only of what settled. */
  tellTransient(listener: Listener, { opened, closed }: TransientListener): void {
    const { settleMs, events } = this.#options;
    if (settleMs > 0 || !this.#isWanted(listener)) return;
    const openMs = milliseconds(Number(closed.atNs - opened.atNs) / 1e6);
    events.publish({ type: 'opened', listener, transient: true });
    events.publish({ type: 'closed', listener, openMs, transient: true });
  }

  /** Tells of what has been open for long enough, and has a look taken when the next one has. */
  settle(): void {
    const { settleMs, persistent, events, looks } = this.#options;
    const now = performance.now();
    for (const open of [...this.#unsettled]) {
      if (open.since + settleMs > now) continue;
      this.#unsettled.delete(open);
      if (!this.#isWanted(open.listener)) continue;
      open.isReported = true;
      events.publish({ type: 'opened', listener: open.listener });
    }
    this.stop();
    if (this.#unsettled.size === 0) return;
    let oldest = Number.POSITIVE_INFINITY;
    for (const { since } of this.#unsettled) oldest = Math.min(oldest, since);
    this.#settleTimer = setTimeout(() => looks.ring(), Math.max(0, oldest + settleMs - now));
    if (!persistent) this.#settleTimer.unref();
  }

  /** Has no more looks taken. */
  stop(): void {
    clearTimeout(this.#settleTimer);
  }

  /** It changed its processes or owners, and so it may no longer be wanted, or only now. */
  #update(open: OpenListener, listener: Listener, changes: readonly ListenerChange[]): void {
    const previous = open.listener;
    const wasShown = this.#isShown(open);
    open.listener = listener;
    this.#hasQueues = false;
    const isWanted = this.#isWanted(listener);
    open.isReported = wasShown && isWanted;
    if (open.isReported) this.#options.events.publish({ type: 'changed', listener, previous, changes });
    else if (wasShown) this.#tellClosed(open, previous);
    else if (isWanted) this.#unsettled.add(open);
  }

  #tellClosed({ since }: OpenListener, listener: Listener): void {
    const openMs = milliseconds(performance.now() - since);
    this.#options.events.publish({ type: 'closed', listener, openMs });
  }

  #isShown({ listener, isReported }: OpenListener): boolean {
    return isReported && this.#isWanted(listener);
  }

  #isWanted(listener: Listener): boolean {
    const { filter, ignored } = this.#options;
    return !ignored.has(listener) && passes(listener, filter);
  }

  #getUnchanged(listener: Listener): OpenListener | undefined {
    const open = this.#open.get(listenerKey(listener));
    if (open === undefined) return undefined;
    return difference([open.listener], [listener]).replaced.length === 0 ? open : undefined;
  }

  /** Only for who asks: queues change far more often than anybody does. Nobody sees those that are left out. */
  #takeOverQueues(): void {
    if (this.#hasQueues) return;
    this.#hasQueues = true;
    const seen = this.#seen;
    let i = 0;
    for (const open of this.#sorted()) {
      if (this.#options.ignored.has(open.listener)) continue;
      while (i < seen.length && compareListeners(seen[i] as Listener, open.listener) < 0) i++;
      const { [i]: now } = seen;
      if (now !== undefined && compareListeners(now, open.listener) === 0)
        open.listener = withQueuesOf(now, open.listener);
    }
  }

  #all(): readonly Listener[] {
    return this.#sorted().map(({ listener }) => listener);
  }

  #sorted(): OpenListener[] {
    return [...this.#open.values()].sort((a, b) => compareListeners(a.listener, b.listener));
  }
}

/** The listener with what waits in the queues of its sockets now; the same object if that is what it has. */
function withQueuesOf(now: Listener, listener: Listener): Listener {
  const sockets = listener.sockets.map((socket, i) => {
    const { inode, backlog, backlogLimit } = now.sockets[i] ?? socket;
    const isSame = backlog === socket.backlog && backlogLimit === socket.backlogLimit;
    return isSame || inode !== socket.inode ? socket : { ...socket, backlog, backlogLimit };
  });
  return sockets.every((socket, i) => socket === listener.sockets[i]) ? listener : { ...listener, sockets };
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

/** To the microsecond. */
function milliseconds(ms: number): number {
  return Math.round(1000 * ms) / 1000;
}
