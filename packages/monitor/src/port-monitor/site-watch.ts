import { isMac } from '../kernel/platform.js';
import { type Listener, listenerKey } from '../listener.js';
import type { Site } from '../places/site.js';
import { type SharedByReaders, SiteReader } from '../places/site-reader.js';
import type { Opener } from '../processes/holders/opener.js';
import type { ChainAnswer } from '../sources/chain.js';
import type { SourceName } from '../sources/source.js';
import { inTurns } from '../timing/in-turns.js';
import { difference } from './difference.js';
import type { DoorbellName } from './doorbells/doorbell.js';
import type { SiteDoorbells } from './doorbells/site-doorbells.js';
import type { FollowedProcesses } from './holders/followed-processes.js';
import { HolderSearch } from './holders/holder-search.js';
import { IgnoredHolders } from './holders/ignored-holders.js';
import { PresentProcesses } from './holders/present-processes.js';
import { ConfirmedLook } from './looking/confirmed-look.js';
import { LookScheduler } from './looking/look-scheduler.js';
import { lookUntilSettled } from './looking/settled-look.js';
import type { MonitorSettings } from './options.js';
import { endpointOf } from './records/record-endpoint.js';
import { RecordsBetweenLooks } from './records/records-between-looks.js';
import { RecordsLostError } from './records/records-lost-error.js';
import { postpone, type TransientListener } from './records/replay.js';
import type { PortEvent } from './reporting/event.js';
import type { EventOutlet } from './reporting/event-outlet.js';
import { OpenListeners } from './reporting/open-listeners.js';
import { SiteEvents } from './reporting/site-events.js';
import { SourceStatus } from './reporting/source-status.js';

/** How long rings that bring nothing new are gathered at most, unless looks take more than their share then. */
const GATHER_LIMIT_MS = 100;

/** What the watches of one monitor share. */
export interface SharedByWatches extends SharedByReaders {
  readonly settings: MonitorSettings;
  readonly outlet: EventOutlet;
  readonly followed: FollowedProcesses;
}

/**
 * Watches which ports listen at one site, and publishes what changes.
 *
 * Only a look at the sockets tells what is open; what rings in between just says that it is time to look. While no
 * source works it keeps what it knew: a failure never opens or closes a port.
 */
export class SiteWatch {
  readonly site: Site;
  readonly #reader: SiteReader;
  /** Undefined if this site is one of many that share a clock. */
  readonly #doorbells: SiteDoorbells | undefined;
  readonly #scheduler: LookScheduler<readonly PortEvent[]>;
  readonly #confirmedLook: ConfirmedLook;
  readonly #records: RecordsBetweenLooks;
  readonly #holders: HolderSearch;
  readonly #open: OpenListeners;
  readonly #sourceStatus: SourceStatus;
  readonly #events: SiteEvents;
  /** Whether others share a search for processes with this one. */
  readonly #isOneOfMany: boolean;
  readonly #abort = new AbortController();
  /** What the last look saw, but for what the records could not settle. */
  #seen: readonly Listener[] = [];
  #isStarted = false;
  #hasAnswered = false;
  #stopping: Promise<void> | undefined;

  constructor(site: Site, doorbells: SiteDoorbells | undefined, shared: SharedByWatches) {
    const { settings, outlet } = shared;
    const { signal } = this.#abort;
    const ignored = new IgnoredHolders();
    this.site = site;
    this.#doorbells = doorbells;
    this.#isOneOfMany = shared.search !== undefined;
    this.#reader = new SiteReader(site, settings, shared);
    this.#events = new SiteEvents(outlet, site.place);
    this.#sourceStatus = new SourceStatus(this.#events, { isElsewhere: site.kind === 'elsewhere' });
    this.#scheduler = new LookScheduler(
      () => this.#look(),
      (found) => found.length > 0,
      // What rings may be the look itself, such as one that runs ss.
      () => Math.max(Math.min(settings.intervals.usual, GATHER_LIMIT_MS), doorbells?.restMs ?? 0),
    );
    this.#confirmedLook = new ConfirmedLook(this.#reader, doorbells);
    this.#records = new RecordsBetweenLooks(doorbells);
    const isOfThisLinux = this.#reader.findsProcesses && this.#reader.isLocal && !isMac();
    this.#open = new OpenListeners({
      ...settings,
      ignored,
      processes: isOfThisLinux ? new PresentProcesses() : undefined,
      events: this.#events,
      attachOwners: (listeners) => this.#reader.attachOwners(listeners),
      looks: this.#scheduler,
    });
    this.#holders = new HolderSearch({
      reader: this.#reader,
      open: this.#open,
      ignored,
      followed: shared.followed,
      // Before the start nothing is known that may have closed.
      looks: { ring: () => this.#isStarted && this.#scheduler.ring() },
      signal,
    });
  }

  /** Which source answered last; undefined before the first answer. */
  get source(): SourceName | undefined {
    return this.#sourceStatus.source;
  }

  /** Whether a source answered the last look that was taken. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** The best doorbell that rings; undefined before the start and after the end. */
  get doorbell(): DoorbellName | undefined {
    if (this.#doorbells !== undefined) return this.#doorbells.best;
    return this.#isStarted ? 'clock' : undefined;
  }

  /**
   * Takes the first look and begins to watch. What that look finds is no event.
   *
   * @throws NoSourceError if no source works; DoorbellError if a doorbell was named that can't be had here
   */
  async start(): Promise<void> {
    const { answer, listeners } = await this.#confirmedLook.look([], this.#abort.signal);
    this.#noteAnswer(answer);
    this.#seen = listeners;
    this.#open.addInitial(this.#reader.attachOwners(await this.#holders.find(listeners)));
    this.#abort.signal.throwIfAborted();
    await this.#startDoorbells();
  }

  /** The same if there are others to be seen: what goes wrong is told as an event, and the watch goes on. */
  async startOrReport(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      if (this.#abort.signal.aborted) throw error;
      this.#sourceStatus.failed(error);
      await this.#startDoorbells();
    }
  }

  /** Begins to watch a site that has come just now: all that is open there has opened. */
  async startFromNothing(): Promise<readonly PortEvent[]> {
    await this.#startDoorbells();
    return this.#scheduler.lookNow();
  }

  /**
   * Looks now, and resolves with the events that this look found. Undefined if nothing has changed and that is known at
   * once: among hundreds of sites a promise for each is most of what is not the kernel's work.
   */
  lookUnlessUnchanged(): Promise<readonly PortEvent[]> | undefined {
    // If the kernel keeps records, what came and went is in them alone.
    if (this.doorbell === 'tracefs')
      return lookUntilSettled(() => this.#scheduler.lookNow(), this.#records, this.#abort.signal);
    const isUnchanged = () => this.#confirmedLook.isUnchanged(this.#seen);
    if (!this.#scheduler.isIdle || this.#sourceStatus.isBlind || !isUnchanged())
      return this.#scheduler.lookNow();
    // Among many sites that is seen only with what changes.
    if (!this.#isOneOfMany) this.#holders.lookIsOver();
    return undefined;
  }

  /** Whether the holders of all that is open are known, as far as they can be found. */
  get knowsHolders(): boolean {
    return !this.#holders.isPending;
  }

  /** Resolves with what is told until they are known. */
  async learnHolders(): Promise<readonly PortEvent[]> {
    const { found } = this.#events;
    const known = found.length;
    await this.#holders.finish();
    return found.slice(known);
  }

  /** Ends the watch; what was known stays to be read. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** The site is no more: all that was open there has closed. To be called when the watch has stopped. */
  async reportEnd(): Promise<readonly PortEvent[]> {
    this.#events.begin();
    await this.#open.forgetAll();
    return this.#events.found;
  }

  /** What is open, as far as the last look told, in the order of `compareListeners`. */
  listeners(): readonly Listener[] {
    return this.#open.listeners();
  }

  /** What of it has settled and was reported. */
  reportedListeners(): readonly Listener[] {
    return this.#open.reported();
  }

  /** Owners came or went. */
  reassign(): void {
    this.#open.reassign();
  }

  async #startDoorbells(): Promise<void> {
    await this.#doorbells?.start((isSure) => this.#scheduler.ring(isSure));
    this.#isStarted = true;
    this.#abort.signal.throwIfAborted();
    if (!this.#isOneOfMany) this.#holders.keepChecking();
    this.#holders.lookIsOver();
  }

  async #stop(): Promise<void> {
    this.#abort.abort();
    this.#isStarted = false;
    const told = this.#open.stop();
    await this.#doorbells?.stop();
    await this.#scheduler.stop();
    await told;
    this.#reader.close();
  }

  /** A look from its beginning to its last event. */
  async #look(): Promise<readonly PortEvent[]> {
    this.#events.begin();
    this.#hasAnswered = false;
    try {
      this.#records.lookBegins();
      const { answer, listeners } = await this.#confirmedLook.look(this.#seen, this.#abort.signal);
      this.#noteAnswer(answer);
      await this.#tellDifference(listeners);
      await this.#open.settle();
      this.#holders.lookIsOver();
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#sourceStatus.failed(error);
    }
    return this.#events.found;
  }

  #noteAnswer(answer: ChainAnswer): void {
    this.#hasAnswered = true;
    this.#doorbells?.sourceIs(answer.source);
    this.#sourceStatus.answered(answer);
  }

  async #tellDifference(listeners: readonly Listener[]): Promise<void> {
    if (listeners !== this.#seen) this.#open.sawQueues(listeners);
    const replayed = await this.#records.replay(this.#seen, listeners);
    const { transients, reopened, ended, isYoung, openers, lost } = replayed;
    if (lost > 0) this.#events.publish({ type: 'error', error: new RecordsLostError(lost) });
    // What came and went just now waits for the next look, and nothing else may ring for that. What is told of it rings.
    if (this.#records.hasUnsettled) this.#scheduler.ring(isYoung);
    if (listeners === this.#seen && transients.length + reopened.size + ended.size === 0) return;

    const seen = postpone(this.#seen, listeners, replayed);
    const { opened, closed, replaced } = difference(this.#seen, seen);
    this.#seen = seen;
    if (opened.length + closed.length + replaced.length > 0) this.#doorbells?.sawChange();
    // What ended has no holders to wait for.
    await this.#open.forget(closed);
    const taken = replaced.filter(({ before }) => reopened.has(listenerKey(before)));
    await this.#open.forget(taken.map(({ before }) => before));
    await inTurns(transients, (some) => this.#tellTransients(some));

    const now = performance.now();
    const fresh = [...opened, ...replaced.map(({ after }) => after)];
    await this.#open.note(await this.#findHolders(fresh, openers), now);
  }

  /** If processes can't be searched for, such as for want of descriptors, listeners are told without them. */
  async #findHolders(
    listeners: readonly Listener[],
    openers: ReadonlyMap<string, Opener>,
  ): Promise<readonly Listener[]> {
    try {
      return await this.#holders.findSoon(listeners, openers);
    } catch (error) {
      this.#abort.signal.throwIfAborted();
      this.#sourceStatus.failed(error);
      return listeners;
    }
  }

  #tellTransients(transients: readonly TransientListener[]): void {
    const opened = transients.map(({ opened }) => ({ endpoint: endpointOf(opened), pid: opened.pid }));
    const listeners = this.#reader.attachOwners(this.#holders.listenersOf(opened));
    for (const [i, listener] of listeners.entries())
      this.#open.tellTransient(listener, transients[i] as TransientListener);
  }
}
