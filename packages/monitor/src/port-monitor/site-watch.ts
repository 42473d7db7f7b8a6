import { type Listener, listenerKey } from '../listener.js';
import type { Owners } from '../owners/owners.js';
import { processFinder } from '../places/process-finder.js';
import type { SharedSearch } from '../places/shared-search.js';
import type { Site } from '../places/site.js';
import { sourcesAt } from '../places/sources-at.js';
import { type ChainAnswer, SourceChain } from '../sources/chain.js';
import type { SourceName } from '../sources/source.js';
import { difference } from './difference.js';
import type { Bells } from './doorbells/bells.js';
import { HolderSearch } from './holders/holder-search.js';
import { ConfirmedLook } from './looking/confirmed-look.js';
import { LookScheduler } from './looking/look-scheduler.js';
import { SourceStatus } from './looking/source-status.js';
import type { PortMonitorOptions } from './options.js';
import { RecordsBetweenLooks, SETTLING_MS } from './records/records-between-looks.js';
import { RecordsLostError } from './records/records-lost-error.js';
import { endpointOf, type Passage, postpone } from './records/replay.js';
import type { EventBody, PortEvent } from './reporting/event.js';
import type { EventOutlet } from './reporting/event-outlet.js';
import { OpenListeners } from './reporting/open-listeners.js';
import { passes } from './reporting/port-filter.js';

/** How long rings that bring nothing new are gathered at most. */
const GATHER_LIMIT_MS = 100;

/** How often to see whether those who hold what is open still live, with the looks that there are. */
const HOLDERS_MS = 5000;

/** What the watches of one monitor share. */
export interface SharedByWatches {
  readonly options: PortMonitorOptions;
  readonly outlet: EventOutlet;
  readonly owners: Owners;
  /** Where one search for processes may do for several sites. */
  readonly search?: SharedSearch | undefined;
}

/**
 * Watches which ports listen at one site, and publishes what changes.
 *
 * Only a look at the sockets tells what is open; what rings in between just says that it is time to look. While no
 * source works it keeps what it knew: a failure never opens or closes a port.
 */
export class SiteWatch {
  readonly site: Site;
  readonly #shared: SharedByWatches;
  readonly #lookout: ConfirmedLook;
  readonly #bells: Bells;
  readonly #search: HolderSearch;
  readonly #witness: RecordsBetweenLooks;
  readonly #scheduler: LookScheduler<readonly PortEvent[]>;
  readonly #told: OpenListeners;
  readonly #sourceNews: SourceStatus;
  readonly #abort = new AbortController();
  #seen: readonly Listener[] = [];
  #found: PortEvent[] = [];
  #hasUnsettled = false;
  #holdersSeenAt = Number.NEGATIVE_INFINITY;
  #stopping: Promise<void> | undefined;

  constructor(site: Site, bells: Bells, shared: SharedByWatches) {
    const { sources, processes, logger, filter, settleMs, intervalMs, persistent } = shared.options;
    this.site = site;
    this.#shared = shared;
    this.#bells = bells;
    const chain = new SourceChain(sourcesAt(site, sources ?? 'auto', processes === true), logger, site.place);
    this.#lookout = new ConfirmedLook(chain, (ms) => bells.lookTook(ms));
    this.#search = new HolderSearch({
      enabled: processes ?? site.kind === 'local',
      finder: processFinder(site, shared.search),
      signal: this.#abort.signal,
      isOpen: (listener) => this.#told.isOpen(listener),
      onLate: (late) => this.#learn(late),
    });
    this.#scheduler = new LookScheduler(
      () => this.#look(),
      (found) => found.length > 0,
      Math.min(intervalMs ?? GATHER_LIMIT_MS, GATHER_LIMIT_MS),
    );
    this.#sourceNews = new SourceStatus({
      isElsewhere: site.kind === 'elsewhere',
      publish: (happening) => this.#publish(happening),
    });
    this.#witness = new RecordsBetweenLooks(() => bells.takeRecords());
    this.#told = new OpenListeners({
      settleMs: settleMs ?? 0,
      persistent: persistent ?? true,
      isWanted: (listener) => !this.#search.isIgnored(listener) && passes(listener, filter ?? {}),
      publish: (happening) => this.#publish(happening),
      onSettling: () => this.#scheduler.ring(),
    });
  }

  /** Which source answered last; undefined before the first answer. */
  get source(): SourceName | undefined {
    return this.#sourceNews.source;
  }

  /** The best doorbell that rings. */
  get doorbell(): Bells['best'] {
    return this.#bells.best;
  }

  /**
   * Takes the first look and begins to watch. What that look finds is no event.
   *
   * @throws NoSourceError when no source works; DoorbellError when a doorbell was named that can't be had here
   */
  async start(): Promise<void> {
    const { answer, listeners } = await this.#lookout.look([], this.#abort.signal);
    this.#noteAnswer(answer);
    this.#seen = listeners;
    const found = this.#attachOwners(await this.#search.find(listeners));
    this.#told.addInitial(found);
    this.#abort.signal.throwIfAborted();
    await this.#startBells();
  }

  /** The same where there are others to be seen: what goes wrong is told as an event, and the watch goes on. */
  async startOrReport(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      if (this.#abort.signal.aborted) throw error;
      this.#sourceNews.failed(error);
      await this.#startBells();
    }
  }

  /** Begins to watch a site that has come just now: all that is open there has opened. */
  async startFromNothing(): Promise<readonly PortEvent[]> {
    await this.#startBells();
    return this.#scheduler.lookNow();
  }

  /**
   * Looks now, and resolves with the events that this look found. Undefined where nothing has changed and that is known at
   * once: among hundreds of sites a promise for each is most of what is not the kernel's work.
   */
  lookUnlessUnchanged(): Promise<readonly PortEvent[]> | undefined {
    // Where the kernel keeps records, what came and went is in them alone.
    if (this.#bells.best === 'tracefs') return this.#lookUntilSettled();
    if (!this.#scheduler.isIdle || this.#sourceNews.isBlind || !this.#lookout.isUnchanged(this.#seen))
      return this.#scheduler.lookNow();
    // Among hundreds of sites that is seen only with what changes.
    if (this.#shared.search === undefined) this.#seeWhoEnded();
    return undefined;
  }

  /** Ends the watch; what was known stays to be read. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** The site is no more: all that was open there has closed. To be called when the watch has stopped. */
  reportEnd(): readonly PortEvent[] {
    this.#found = [];
    this.#told.forgetAll();
    return this.#found;
  }

  /** What is open, as far as the last look told, in the order of `compareListeners`. */
  listeners(): readonly Listener[] {
    return this.#told.listeners();
  }

  /** What of it has settled and was reported. */
  reportedListeners(): readonly Listener[] {
    return this.#told.reported();
  }

  /** Owners came or went. */
  reassign(): void {
    this.#told.reassign((listeners) => this.#attachOwners(listeners));
  }

  async #startBells(): Promise<void> {
    await this.#bells.start(
      (isSure) => this.#scheduler.ring(isSure),
      () => this.lookUnlessUnchanged(),
    );
    this.#abort.signal.throwIfAborted();
  }

  async #stop(): Promise<void> {
    this.#abort.abort();
    this.#told.stop();
    await this.#bells.stop();
    await this.#scheduler.stop();
    this.#lookout.close();
  }

  /** Records that are too young for a look wait for the next: of all that was recorded before the call, nothing does. */
  async #lookUntilSettled(): Promise<readonly PortEvent[]> {
    const settledAt = performance.now() + SETTLING_MS;
    const found: PortEvent[] = [];
    let beganAt: number;
    do {
      beganAt = performance.now();
      found.push(...(await this.#scheduler.lookNow()));
    } while (this.#hasUnsettled && beganAt <= settledAt);
    return found;
  }

  async #look(): Promise<readonly PortEvent[]> {
    this.#found = [];
    try {
      this.#witness.lookBegins();
      const { answer, listeners } = await this.#lookout.look(this.#seen, this.#abort.signal);
      this.#noteAnswer(answer);
      await this.#compare(listeners);
      this.#told.settle();
      this.#seeWhoEnded();
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#sourceNews.failed(error);
    }
    return this.#found;
  }

  async #compare(listeners: readonly Listener[]): Promise<void> {
    const testimony = this.#witness.testify(this.#seen, listeners);
    const { passages, reopened, ended, unsettled, lost } = testimony;
    this.#hasUnsettled = unsettled.size > 0;
    if (lost > 0) this.#publish({ type: 'error', error: new RecordsLostError(lost) });
    // What came and went just now waits for the next look, and nothing else may ring for that.
    if (this.#hasUnsettled) this.#scheduler.ring(true);
    if (listeners === this.#seen && passages.length + reopened.size + ended.size === 0) return;

    const seen = postpone(this.#seen, listeners, testimony);
    const { opened, closed, replaced } = difference(this.#seen, seen);
    this.#seen = seen;
    if (opened.length + closed.length + replaced.length > 0) this.#bells.foundNews();
    const now = performance.now();
    const fresh = [...opened, ...replaced.map(({ after }) => after)];
    const found = this.#attachOwners(await this.#findSoon(fresh, testimony.openers));

    for (const listener of closed) this.#told.forget(listener);
    for (const { before } of replaced) if (reopened.has(listenerKey(before))) this.#told.forget(before);
    for (const passage of passages) this.#tellPassage(passage);
    for (const listener of found) this.#told.note(listener, now);
  }

  /** Where processes can't be searched for, such as for want of descriptors, listeners are told without them. */
  async #findSoon(
    listeners: readonly Listener[],
    openers: ReadonlyMap<string, number>,
  ): Promise<readonly Listener[]> {
    try {
      return await this.#search.findSoon(listeners, openers);
    } catch (error) {
      this.#abort.signal.throwIfAborted();
      this.#sourceNews.failed(error);
      return listeners;
    }
  }

  #seeWhoEnded(): void {
    const now = performance.now();
    if (now < this.#holdersSeenAt + HOLDERS_MS) return;
    this.#holdersSeenAt = now;
    this.#search.replaceEnded(this.#told.listeners());
  }

  #tellPassage(passage: Passage): void {
    const { opened } = passage;
    const [listener] = this.#attachOwners([this.#search.listenerOf(endpointOf(opened), opened.pid)]);
    if (listener !== undefined) this.#told.tellPassage(listener, passage);
  }

  /** What a search found after the event had to go out without it. */
  #learn(late: readonly Listener[]): void {
    if (!this.#abort.signal.aborted) this.#told.learn(this.#attachOwners(late));
  }

  /** Owners are processes of this machine, and so is what they own. */
  #attachOwners(listeners: readonly Listener[]): readonly Listener[] {
    return this.site.kind === 'local' ? this.#shared.owners.attach(listeners) : listeners;
  }

  #noteAnswer(answer: ChainAnswer): void {
    this.#bells.noteSource(answer.source);
    this.#sourceNews.answered(answer);
  }

  #publish(happening: EventBody): void {
    this.#found.push(this.#shared.outlet.publish({ ...happening, place: this.site.place }));
  }
}
