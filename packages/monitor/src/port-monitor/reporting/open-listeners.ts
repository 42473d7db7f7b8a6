import { compareListeners, type Listener, listenerKey } from '../../listener.js';
import { inTurns } from '../../timing/in-turns.js';
import { haveSameSockets } from '../difference.js';
import type { IgnoredHolders } from '../holders/ignored-holders.js';
import type { PresentProcesses } from '../holders/present-processes.js';
import type { TransientListener } from '../records/replay.js';
import type { EventBody, ListenerChange } from './event.js';
import { HeldBackListeners } from './held-back-listeners.js';
import { type PortFilter, passes } from './port-filter.js';
import { takeOverQueues } from './queues.js';
import { haveSameProcesses } from './same-processes.js';
import { SettleTimer } from './settle-timer.js';

/** Which listeners are told of, and to whom. */
export interface OpenListenersOptions {
  /** How long a listener has to be open before it is told of. */
  readonly settleMs: number;
  /** Whether to wait for that keeps the process alive. */
  readonly persistent: boolean;
  readonly filter: PortFilter;
  readonly ignored: Pick<IgnoredHolders, 'has'>;
  /** Reads the processes of listeners again; undefined if they are not processes of this machine. */
  readonly processes?: Pick<PresentProcesses, 'of'> | undefined;
  readonly events: { publish(body: EventBody): void };
  /** The same listeners with their owners as they are now. */
  readonly attachOwners: (listeners: readonly Listener[]) => readonly Listener[];
  /** Is rung for when some listener has been open long enough. */
  readonly looks: { ring(): void };
}

/** Processes that were read so short a time ago are told as they are known. */
const EVENT_AGE_MS = 10;
/** The same for whoever asks what is open, which may be often. */
const ASKED_AGE_MS = 1000;

/** A listener that was seen in the last look. */
interface OpenListener {
  /** With what was learned of its processes. */
  listener: Listener;
  /** When it was first seen, on the clock of `performance.now()`. */
  readonly since: number;
  /** Somebody was told that it is there, or it was there at the start and wanted: so its end is told as well. */
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
  readonly #settleTimer: SettleTimer;
  #isStopped = false;
  /** Those that are not known here yet, or not with these sockets. */
  readonly #heldBack = new HeldBackListeners();
  /** While much is noted or learned; what comes meanwhile waits for that. */
  #noting: Promise<void> | undefined;

  constructor(options: OpenListenersOptions) {
    this.#options = options;
    this.#settleTimer = new SettleTimer({ ...options, onSettled: () => options.looks.ring() });
  }

  /** Those that are wanted, in the order of `compareListeners`. */
  listeners(): readonly Listener[] {
    this.#takeOverQueues();
    this.#reread(this.#open.values(), ASKED_AGE_MS);
    return this.#allSorted().filter((listener) => this.#isWanted(listener));
  }

  /** All that are open and not held back, wanted or not, in no order. */
  all(): readonly Listener[] {
    return [...this.#open.values()].map(({ listener }) => listener);
  }

  /** Those of them that were told or were there at the start: the end of each will be told. */
  reported(): readonly Listener[] {
    this.#takeOverQueues();
    const reported = this.#sorted().filter(({ isReported }) => isReported);
    return reported.map(({ listener }) => listener);
  }

  /** Whether it is open, with the same sockets. */
  isOpen(listener: Listener): boolean {
    const key = listenerKey(listener);
    const known = this.#heldBack.get(key) ?? this.#open.get(key)?.listener;
    return known !== undefined && haveSameSockets(known, listener);
  }

  /** What was there at the start, which is no event. */
  addInitial(listeners: readonly Listener[]): void {
    const since = performance.now();
    for (const listener of listeners)
      this.#open.set(listenerKey(listener), { listener, since, isReported: this.#isWanted(listener) });
  }

  /** All that a look saw, in the order of `compareListeners`: what waits in their queues is no event, but whoever asks sees it. */
  sawQueues(seen: readonly Listener[]): void {
    this.#seen = seen;
    this.#hasQueues = false;
  }

  /** The same as {@link note} of listeners whose holders are still searched for: nothing of this is told until they are learned. */
  holdBack(listeners: readonly Listener[], now: number): void {
    this.#heldBack.add(listeners, now);
  }

  /** Listeners that have come, or whose sockets are others now. The former are told by {@link settle}. */
  note(listeners: readonly Listener[], now: number): Promise<void> | undefined {
    return this.#inOrder(() =>
      inTurns(listeners, (some) => {
        for (const listener of this.#options.attachOwners(some)) this.#note(listener, now);
      }),
    );
  }

  #note(listener: Listener, now: number): void {
    const key = listenerKey(listener);
    const since = this.#heldBack.release(key) ?? now;
    const known = this.#open.get(key);
    if (known !== undefined) {
      this.#update(known, listener, ['sockets']);
      return;
    }
    const open = { listener, since, isReported: false };
    this.#open.set(key, open);
    this.#unsettled.add(open);
  }

  /**
   * Processes were found that were not known when the listeners were noted, or held back.
   *
   * @param late is asked when all that was noted and learned before is told
   */
  learn(late: () => readonly Listener[]): Promise<void> | undefined {
    const learned = this.#inOrder(() =>
      inTurns(late(), (some) => {
        for (const listener of this.#options.attachOwners(some)) this.#learn(listener);
      }),
    );
    return learned === undefined ? this.settle() : learned.then(() => this.settle());
  }

  /** A search for processes failed: they are searched for again, but what was held back is told without them. */
  learnNothing(listeners: readonly Listener[]): Promise<void> | undefined {
    return this.learn(() => listeners.filter((listener) => this.#heldBack.has(listener)));
  }

  #learn(listener: Listener): void {
    if (!this.isOpen(listener)) return;
    if (this.#heldBack.has(listener)) {
      this.#note(listener, performance.now());
      return;
    }
    const open = this.#open.get(listenerKey(listener));
    if (open !== undefined && !haveSameProcesses(open.listener, listener))
      this.#update(open, listener, ['processes']);
  }

  #inOrder(begin: () => Promise<void> | undefined): Promise<void> | undefined {
    const noting = this.#noting === undefined ? begin() : this.#noting.then(begin);
    if (noting === undefined) return undefined;
    const over = noting.finally(() => {
      if (this.#noting === over) this.#noting = undefined;
    });
    this.#noting = over;
    return over;
  }

  /** Owners came or went. */
  reassign(): void {
    this.#reassign([...this.#open.values()]);
  }

  #reassign(open: readonly OpenListener[]): void {
    const assigned = this.#options.attachOwners(open.map(({ listener }) => listener));
    const changed = open.flatMap((each, i) => {
      const listener = assigned[i];
      return listener === undefined || listener === each.listener ? [] : [{ open: each, listener }];
    });
    changed.sort((a, b) => compareListeners(a.listener, b.listener));
    for (const { open, listener } of changed) this.#update(open, listener, ['owners']);
    void this.settle();
  }

  /** Some processes have other names than those that are known. */
  renamed(pids: ReadonlySet<number>): void {
    const isRenamed = ({ listener }: OpenListener) =>
      listener.processes?.some(({ pid }) => pids.has(pid)) === true;
    this.#reread([...this.#open.values()].filter(isRenamed), EVENT_AGE_MS);
  }

  /** Listeners that are not there any more. */
  forget(listeners: readonly Listener[]): Promise<void> | undefined {
    return inTurns(listeners, (some) => {
      for (const listener of some) this.#forget(listener);
    });
  }

  #forget(listener: Listener): void {
    const key = listenerKey(listener);
    this.#heldBack.release(key);
    const open = this.#open.get(key);
    if (open === undefined) return;
    this.#open.delete(key);
    this.#unsettled.delete(open);
    if (!open.isReported) return;
    this.#reread([open], EVENT_AGE_MS);
    this.#tellClosed(open, open.listener);
  }

  forgetAll(): Promise<void> | undefined {
    return this.forget(this.#allSorted());
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
  settle(): Promise<void> | undefined {
    const { settleMs } = this.#options;
    const dueSince = performance.now() - settleMs;
    const due = [...this.#unsettled].filter(({ since }) => since <= dueSince);
    const told = inTurns(due, (some) => {
      for (const open of some) this.#settle(open);
    });
    const wait = () => this.#settleTimer.waitFor(this.#unsettled);
    if (told !== undefined) return told.then(wait);
    wait();
    return undefined;
  }

  #settle(open: OpenListener): void {
    if (!this.#unsettled.delete(open) || !this.#isWanted(open.listener)) return;
    this.#reread([open], EVENT_AGE_MS);
    open.isReported = true;
    this.#options.events.publish({ type: 'opened', listener: open.listener });
  }

  /** Has no more looks taken, and resolves when all that was learned is told. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#settleTimer.stop();
    await this.#noting;
  }

  /** It changed its processes or owners, and so it may no longer be wanted, or only now. */
  #update(open: OpenListener, listener: Listener, changes: readonly ListenerChange[]): void {
    const previous = open.listener;
    const wasReported = open.isReported;
    open.listener = listener;
    this.#hasQueues = false;
    const isWanted = this.#isWanted(listener);
    open.isReported = wasReported && isWanted;
    if (open.isReported) this.#tellChanged(open, previous, changes);
    else if (wasReported) this.#tellClosed(open, previous);
    else if (isWanted) this.#unsettled.add(open);
  }

  #tellChanged(open: OpenListener, previous: Listener, changes: readonly ListenerChange[]): void {
    this.#reread([open], EVENT_AGE_MS);
    const { listener, since } = open;
    this.#options.events.publish({ type: 'changed', listener, previous, openMs: msSince(since), changes });
  }

  /** Who runs another program by now, or has another name, is the same holder: nothing is told for that alone. */
  #reread(listeners: Iterable<OpenListener>, maxAgeMs: number): void {
    const { processes } = this.#options;
    if (processes === undefined) return;
    const reread: OpenListener[] = [];
    for (const open of listeners) {
      const listener = processes.of(open.listener, maxAgeMs);
      if (listener !== open.listener) reread.push(open);
      open.listener = listener;
    }
    // Who runs another program may have another environment too. That is told after what is told now.
    if (reread.length > 0) queueMicrotask(() => this.#reassign(reread.filter((open) => this.#isStill(open))));
  }

  #isStill(open: OpenListener): boolean {
    return !this.#isStopped && this.#open.get(listenerKey(open.listener)) === open;
  }

  #tellClosed({ since }: OpenListener, listener: Listener): void {
    this.#options.events.publish({ type: 'closed', listener, openMs: msSince(since) });
  }

  #isWanted(listener: Listener): boolean {
    const { filter, ignored } = this.#options;
    return !ignored.has(listener) && passes(listener, filter);
  }

  /** Only for who asks: queues change far more often than anybody does. */
  #takeOverQueues(): void {
    if (this.#hasQueues) return;
    this.#hasQueues = true;
    takeOverQueues(this.#seen, this.#sorted());
  }

  #allSorted(): readonly Listener[] {
    return this.#sorted().map(({ listener }) => listener);
  }

  #sorted(): OpenListener[] {
    return [...this.#open.values()].sort((a, b) => compareListeners(a.listener, b.listener));
  }
}

function msSince(since: number): number {
  return milliseconds(performance.now() - since);
}

/** To the microsecond. */
function milliseconds(ms: number): number {
  return Math.round(1000 * ms) / 1000;
}
