import { type Listener, listenerKey } from '../listener.js';
import type { OwnerRule } from '../owners/owner-rule.js';
import { Owners } from '../owners/owners.js';
import type { Process } from '../processes/process.js';
import { type ChainAnswer, SourceChain } from '../sources/chain.js';
import { createSources } from '../sources/create-sources.js';
import { NoSourceError } from '../sources/no-source-error.js';
import type { SourceName } from '../sources/source.js';
import { difference } from './difference.js';
import { DoorbellPanel } from './doorbell-panel.js';
import type { DoorbellName } from './doorbells/doorbell.js';
import type { Happening, ListenerChange, MissedEvents, PortEvent } from './event.js';
import { EventOutlet, type PortMonitorEvents } from './event-outlet.js';
import type { RecentEvents } from './event-ring.js';
import { HolderSearch } from './holder-search.js';
import { type KnownListener, KnownListeners } from './known-listeners.js';
import { LookScheduler } from './look-scheduler.js';
import { Lookout } from './lookout.js';
import type { Owner } from './owner.js';
import { passes } from './port-filter.js';
import { checkOptions, type PortMonitorOptions } from './port-monitor-options.js';
import { endpointOf, type Passage, postpone } from './record-replay.js';
import { RecordsLostError } from './records-lost-error.js';
import { Witness } from './witness.js';

/** Which events a reader wants. */
export interface EventsOptions {
  /** Begin after the event of this number, or after this time, as far as remembered. */
  readonly since?: number | Date;
  /** Begin with what is open now, as `opened` events marked `initial`. */
  readonly initial?: boolean;
  /** Only those of listeners that this one owns, by name; what the monitor tells of itself comes all the same. */
  readonly owner?: string;
}

/** Which listeners are asked for. */
export interface ListenersOptions {
  /** Only those that this one owns, by name. */
  readonly owner?: string;
}

/**
 * Watches which ports listen, and tells when that changes.
 *
 * Only a look at the sockets tells what is open; what rings in between just says that it is time to look. While no
 * source works the monitor keeps what it knew: a failure never opens or closes a port.
 */
export class PortMonitor implements AsyncDisposable {
  readonly #options: PortMonitorOptions;
  readonly #lookout: Lookout;
  readonly #panel: DoorbellPanel;
  readonly #search: HolderSearch;
  readonly #owners: Owners;
  readonly #witness: Witness;
  readonly #scheduler = new LookScheduler(
    () => this.#look(),
    (found) => found.length > 0,
  );
  readonly #outlet: EventOutlet;
  readonly #known = new KnownListeners();
  readonly #abort = new AbortController();
  #seen: readonly Listener[] = [];
  #source: SourceName | undefined;
  #found: PortEvent[] = [];
  #isBlind = false;
  #settleTimer: NodeJS.Timeout | undefined;
  #state: 'new' | 'started' | 'stopped' = 'new';
  #stopping: Promise<void> | undefined;
  readonly #onAborted = () => void this.stop();

  /** @throws RangeError for a number that can't be one, OwnerRuleError for such an owner */
  constructor(options: PortMonitorOptions = {}) {
    checkOptions(options);
    this.#options = options;
    const chain = new SourceChain(createSources(options.sources ?? 'auto'), options.logger);
    this.#lookout = new Lookout(chain, (ms) => this.#panel.lookTook(ms));
    this.#outlet = new EventOutlet(options.history ?? 100);
    this.#panel = new DoorbellPanel(options);
    this.#search = new HolderSearch({
      enabled: options.processes ?? true,
      signal: this.#abort.signal,
      isOpen: (listener) => this.#known.getUnchanged(listener) !== undefined,
      onLate: (late) => this.#learn(late),
    });
    this.#owners = new Owners({ follows: true, logger: options.logger });
    this.#witness = new Witness(() => this.#panel.takeRecords());
  }

  /** Calls `listen` for each event of that type. */
  on<Type extends keyof PortMonitorEvents>(
    type: Type,
    listen: (...args: PortMonitorEvents[Type]) => void,
  ): this {
    this.#outlet.emitter.on(type, listen as never);
    return this;
  }

  /** Calls `listen` for the next event of that type. */
  once<Type extends keyof PortMonitorEvents>(
    type: Type,
    listen: (...args: PortMonitorEvents[Type]) => void,
  ): this {
    this.#outlet.emitter.once(type, listen as never);
    return this;
  }

  /** No longer calls `listen`. */
  off<Type extends keyof PortMonitorEvents>(
    type: Type,
    listen: (...args: PortMonitorEvents[Type]) => void,
  ): this {
    this.#outlet.emitter.off(type, listen as never);
    return this;
  }

  /**
   * Takes the first look and begins to watch.
   *
   * @throws NoSourceError when no source works; DoorbellError when a doorbell was named that can't be had here
   */
  async start(): Promise<void> {
    if (this.#state !== 'new') throw new Error(`this monitor was ${this.#state} already`);
    this.#options.signal?.throwIfAborted();
    this.#options.signal?.addEventListener('abort', this.#onAborted);
    this.#state = 'started';
    try {
      const { answer, listeners } = await this.#lookout.look([], this.#abort.signal);
      this.#noteSource(answer);
      this.#seen = listeners;
      for (const rule of this.#options.owners ?? []) this.#owners.add(rule);
      const found = this.#owners.attach(await this.#search.find(listeners));
      for (const listener of found) this.#known.addInitial(listener, performance.now());
      this.#abort.signal.throwIfAborted();
      await this.#panel.start(() => this.#scheduler.ring());
      this.#abort.signal.throwIfAborted();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends the watch. The streams of events end; what was known stays to be read. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#state = 'stopped';
    this.#options.signal?.removeEventListener('abort', this.#onAborted);
    this.#abort.abort();
    clearTimeout(this.#settleTimer);
    await this.#panel.stop();
    await this.#scheduler.stop();
    await this.#owners.close();
    this.#lookout.close();
    this.#outlet.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** What is open, as far as the last look told, in the order of `compareListeners`. */
  listeners({ owner }: ListenersOptions = {}): readonly Listener[] {
    return this.#known
      .sorted()
      .filter(({ listener }) => this.#isWanted(listener) && isOf(owner, listener))
      .map(({ listener }) => listener);
  }

  /** Which source answered last; undefined before the first answer. */
  get source(): SourceName | undefined {
    return this.#source;
  }

  /** The best doorbell that rings; undefined before the start and after the end. */
  get doorbell(): DoorbellName | undefined {
    return this.#panel.best;
  }

  /**
   * Makes somebody the owner of what a rule says, from now on and of what is open already. Owners may come and go while the
   * monitor runs; two rules with one name are one owner.
   *
   * @throws OwnerRuleError for a rule that can't be one
   */
  own(rule: OwnerRule): Owner {
    const remove = this.#owners.add(rule);
    this.#reassign();
    const end = (): void => {
      remove();
      this.#reassign();
    };
    return { rule, end, [Symbol.dispose]: end };
  }

  /** Looks now, and resolves with the events that this look found. */
  refresh(): Promise<readonly PortEvent[]> {
    if (this.#state !== 'started') return Promise.reject(new Error('this monitor is not started'));
    return this.#scheduler.lookNow();
  }

  /** The events that are remembered, after a sequence number or a time where one is given. */
  recentEvents(since?: number | Date): RecentEvents {
    return this.#outlet.recent(since);
  }

  /**
   * The events as they happen, until the monitor stops. A reader who is slower than they come is told by a `missed`
   * that some are lost, and so is one who asks for more than is remembered.
   */
  events(options: EventsOptions = {}): AsyncIterableIterator<PortEvent | MissedEvents> {
    const { since, owner, initial } = options;
    const isWanted = (event: PortEvent) => !('listener' in event) || isOf(owner, event.listener);
    return this.#outlet.stream(since, initial ? this.listeners(options) : [], isWanted);
  }

  async #look(): Promise<readonly PortEvent[]> {
    this.#found = [];
    try {
      this.#witness.lookBegins();
      const { answer, listeners } = await this.#lookout.look(this.#seen, this.#abort.signal);
      this.#noteSource(answer);
      await this.#compare(listeners);
      this.#settle();
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#noteFailure(error);
    }
    return this.#found;
  }

  async #compare(listeners: readonly Listener[]): Promise<void> {
    const testimony = this.#witness.testify(this.#seen, listeners);
    if (testimony.lost > 0) this.#publish({ type: 'error', error: new RecordsLostError(testimony.lost) });
    if (listeners === this.#seen && testimony.passages.length === 0 && testimony.reopened.size === 0) return;

    const seen = postpone(this.#seen, listeners, testimony.unsettled);
    if (testimony.unsettled.size > 0) this.#scheduler.ring();
    const { opened, closed, replaced } = difference(this.#seen, seen);
    this.#seen = seen;
    const now = performance.now();
    const fresh = [...opened, ...replaced.map(({ after }) => after)];
    const found = this.#owners.attach(await this.#search.findSoon(fresh, testimony.openers));

    for (const listener of closed) this.#forget(listener);
    for (const { before } of replaced) {
      if (testimony.reopened.has(listenerKey(before))) this.#forget(before);
    }
    for (const passage of testimony.passages) this.#reportPassage(passage);
    for (const listener of found) {
      const known = this.#known.get(listener);
      if (known === undefined) this.#known.add(listener, now);
      else this.#update(known, listener, ['sockets']);
    }
  }

  #forget(listener: Listener): void {
    const known = this.#known.remove(listener);
    if (known === undefined || !this.#isShown(known)) return;
    this.#publish({ type: 'closed', listener: known.listener, openMs: openMs(known) });
  }

  /** What came and went unseen has not been open long enough for who wants to know only of what settled. */
  #reportPassage({ opened, closed }: Passage): void {
    if ((this.#options.settleMs ?? 0) > 0) return;
    const [listener] = this.#owners.attach([this.#search.listenerOf(endpointOf(opened), opened.pid)]);
    if (listener === undefined || !this.#isWanted(listener)) return;
    this.#publish({ type: 'opened', listener, transient: true });
    this.#publish({
      type: 'closed',
      listener,
      openMs: milliseconds(Number(closed.atNs - opened.atNs) / 1e6),
      transient: true,
    });
  }

  /** Reports what has been open for long enough, and comes back when the next one has. */
  #settle(): void {
    const { settleMs = 0, persistent = true } = this.#options;
    const now = performance.now();
    for (const known of this.#known.takeSettled(now, settleMs)) {
      if (!this.#isWanted(known.listener)) continue;
      known.isReported = true;
      this.#publish({ type: 'opened', listener: known.listener });
    }
    clearTimeout(this.#settleTimer);
    const waitMs = this.#known.nextSettlesInMs(now, settleMs);
    if (waitMs === undefined) return;
    this.#settleTimer = setTimeout(() => this.#scheduler.ring(), waitMs);
    if (!persistent) this.#settleTimer.unref();
  }

  /** What a search found after the event had to go out without it. */
  #learn(late: readonly Listener[]): void {
    if (this.#state !== 'started') return;
    for (const listener of this.#owners.attach(late)) {
      const known = this.#known.getUnchanged(listener);
      if (known === undefined || haveSameProcesses(known.listener, listener)) continue;
      this.#update(known, listener, ['processes']);
    }
    this.#settle();
  }

  /** Owners came or went. */
  #reassign(): void {
    if (this.#state !== 'started') return;
    const known = this.#known.sorted();
    const assigned = this.#owners.attach(known.map(({ listener }) => listener));
    for (const [i, each] of known.entries()) {
      const listener = assigned[i];
      if (listener !== undefined && listener !== each.listener) this.#update(each, listener, ['owners']);
    }
    this.#settle();
  }

  /** A listener changed its processes or owners, and so it may no longer be wanted, or only now. */
  #update(known: KnownListener, listener: Listener, changes: readonly ListenerChange[]): void {
    const previous = known.listener;
    const wasShown = this.#isShown(known);
    known.listener = listener;
    if (!this.#isWanted(listener)) {
      known.isReported = false;
      if (wasShown) this.#publish({ type: 'closed', listener: previous, openMs: openMs(known) });
    } else if (wasShown) {
      this.#publish({ type: 'changed', listener, previous, changes });
    } else {
      this.#known.reconsider(known);
    }
  }

  #isShown({ listener, isReported }: KnownListener): boolean {
    return isReported && this.#isWanted(listener);
  }

  #isWanted(listener: Listener): boolean {
    return !this.#search.isIgnored(listener) && passes(listener, this.#options.filter ?? {});
  }

  #noteSource({ source, failures }: ChainAnswer): void {
    this.#panel.noteSource(source);
    const previous = this.#source;
    const wasBlind = this.#isBlind;
    this.#source = source;
    this.#isBlind = false;
    if (previous === undefined || (previous === source && !wasBlind)) return;
    const failure = failures.find((each) => each.source === previous);
    this.#publish({ type: 'source', source, previous, reason: failure?.reason ?? `${source} works again` });
  }

  #noteFailure(error: unknown): void {
    if (this.#isBlind && error instanceof NoSourceError) return;
    this.#isBlind = error instanceof NoSourceError;
    this.#publish({ type: 'error', error: error instanceof Error ? error : new Error(String(error)) });
  }

  #publish(happening: Happening): void {
    this.#found.push(this.#outlet.publish(happening));
  }
}

function isOf(owner: string | undefined, { owners }: Listener): boolean {
  return owner === undefined || owners.includes(owner);
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
