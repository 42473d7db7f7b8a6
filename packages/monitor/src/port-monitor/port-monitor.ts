import { compareListeners, type Listener } from '../listener.js';
import { ForkFeed } from '../owners/fork-feed.js';
import type { OwnerRule } from '../owners/owner-rule.js';
import { Owners } from '../owners/owners.js';
import { createPlaces } from '../places/create-places.js';
import { PlaceError } from '../places/place-error.js';
import { NoSourceError } from '../sources/no-source-error.js';
import type { SourceName } from '../sources/source.js';
import type { DoorbellName } from './doorbells/doorbell.js';
import { FollowedProcesses } from './holders/followed-processes.js';
import { type MonitorSettings, monitorSettings, type PortMonitorOptions } from './options.js';
import { PlaceWatch } from './place-watch.js';
import type { MissedEvents, PortEvent } from './reporting/event.js';
import { EventOutlet, type PortMonitorEvents } from './reporting/event-outlet.js';
import type { RecentEvents } from './reporting/event-ring.js';
import type { SiteWatch } from './site-watch.js';

/** Somebody who owns what a rule says, until that is ended. */
export interface Owner extends Disposable {
  readonly rule: OwnerRule;
  /** It owns nothing any more; listeners that had it are told as `changed` soon after this returns. */
  end(): void;
}

/** Which events a reader wants. */
export interface EventsOptions {
  /** Begin after the event of this number, or after this time, as far as remembered. */
  readonly since?: number | Date;
  /**
   * Begin with what is open now and has settled, as `opened` events marked `initial`. What happened before is in that, so
   * that `since` has no effect then.
   */
  readonly initial?: boolean;
  /**
   * Only those of listeners that this one owns, by name; what the monitor tells of itself comes all the same. A listener that
   * comes to be owned is told as `opened`, and one that is owned no more as `closed`.
   */
  readonly owner?: string;
}

/** Which listeners are asked for. */
export interface ListenersOptions {
  /** Only those that this one owns, by name. */
  readonly owner?: string;
}

/**
 * Watches which ports listen, here or at other places, and tells when that changes.
 *
 * Only a look at the sockets tells what is open; what rings in between just says that it is time to look. While no
 * source works the monitor keeps what it knew: a failure never opens or closes a port.
 */
export class PortMonitor implements AsyncDisposable {
  readonly #settings: MonitorSettings;
  readonly #places: readonly PlaceWatch[];
  readonly #owners: Owners;
  readonly #followed: FollowedProcesses;
  readonly #outlet: EventOutlet;
  #state: 'new' | 'started' | 'stopped' = 'new';
  #stopping: Promise<void> | undefined;
  readonly #onAborted = () => void this.stop();

  /** @throws RangeError for a number that can't be one, PlaceError for such a place */
  constructor(options: PortMonitorOptions = {}) {
    const settings = monitorSettings(options);
    this.#settings = settings;
    this.#outlet = new EventOutlet(settings.history);
    this.#followed = new FollowedProcesses(settings.logger);
    this.#owners = new Owners({
      followForks: (feed) => new ForkFeed(feed),
      onOutdated: () => this.#reassign(),
      logger: settings.logger,
    });
    const places = createPlaces(settings.in);
    const cpuShare = settings.cpuShare / places.length;
    const shared = { settings, outlet: this.#outlet, owners: this.#owners, followed: this.#followed };
    const mayWatch = (place: string) => !this.#places.some((each) => each.isWatching(place));
    this.#places = places.map((place) => new PlaceWatch(place, shared, { cpuShare, mayWatch }));
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
   * Takes the first look and begins to watch. Of several places those that can't be looked at are told as `error`, and are
   * tried again, as long as one can be.
   *
   * @throws NoSourceError when no source works; DoorbellError when a doorbell was named that can't be had here; PlaceError
   *   if there is no such place; OwnerRuleError for an owner that can't be one
   */
  async start(): Promise<void> {
    if (this.#state !== 'new') throw new Error(`this monitor was ${this.#state} already`);
    const { signal, owners } = this.#settings;
    signal?.throwIfAborted();
    signal?.addEventListener('abort', this.#onAborted);
    this.#state = 'started';
    try {
      for (const rule of owners) this.#owners.add(rule);
      await this.#startPlaces();
      signal?.throwIfAborted();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** One after the other: what two places have in common is watched by the first. */
  async #startPlaces(): Promise<void> {
    const failed: PlaceWatch[] = [];
    let reason: unknown;
    for (const place of this.#places) {
      try {
        await place.start();
      } catch (error) {
        if (!(error instanceof PlaceError || error instanceof NoSourceError)) throw error;
        reason ??= error;
        failed.push(place);
      }
    }
    if (failed.length === this.#places.length) throw reason;
    for (const place of failed) await place.startOrReport();
  }

  /** Ends the watch. The streams of events end; what was known stays to be read. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#owners.tellOutdated();
    this.#state = 'stopped';
    this.#settings.signal?.removeEventListener('abort', this.#onAborted);
    await Promise.all(this.#places.map((place) => place.stop()));
    await Promise.all([this.#owners.close(), this.#followed.close()]);
    this.#outlet.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * What is open, as far as the last look told, in the order of `compareListeners`; also what has not been open for
   * `settleMs` yet, and so has had no event.
   */
  listeners({ owner }: ListenersOptions = {}): readonly Listener[] {
    this.#owners.tellOutdated();
    const listeners = this.#watches.flatMap((watch) => watch.listeners());
    return listeners.filter((listener) => isOf(owner, listener)).sort(compareListeners);
  }

  /** Which source answered last, of the first place; undefined before the first answer. */
  get source(): SourceName | undefined {
    return this.#watches[0]?.source;
  }

  /** The best doorbell that rings, of the first place; undefined before the start and after the end. */
  get doorbell(): DoorbellName | undefined {
    return this.#watches[0]?.doorbell;
  }

  /**
   * Makes somebody the owner of what a rule says, from now on and of what is open already. Owners may come and go while the
   * monitor runs; two rules with one name are one owner. What is open already is told as `changed` soon after this returns,
   * once for all owners that came and went meanwhile, and before anything that happens later.
   *
   * @throws OwnerRuleError for a rule that can't be one
   */
  own(rule: OwnerRule): Owner {
    const end = this.#owners.add(rule);
    return { rule, end, [Symbol.dispose]: end };
  }

  /** Looks now, and resolves with the events that this found. By then all that happened before the call has been told. */
  async refresh(): Promise<readonly PortEvent[]> {
    if (this.#state !== 'started') throw new Error('this monitor is not started');
    this.#owners.tellOutdated();
    const events = await Promise.all(this.#places.map((place) => place.refresh()));
    return events.flat().sort((a, b) => a.sequence - b.sequence);
  }

  /** The events that are remembered; those after a sequence number or a time, if one is given. */
  recentEvents(since?: number | Date): RecentEvents {
    this.#owners.tellOutdated();
    return this.#outlet.recent(since);
  }

  /**
   * The events as they happen, until the monitor stops. A reader who reads as they come loses none, however many one look
   * finds. If more than 64 MiB of them wait for a reader, a `missed` tells that the oldest are lost; so it does if a reader
   * asks for more than is remembered. Nothing is lost of what a reader begins with, by `since` or `initial`.
   */
  events(options: EventsOptions = {}): AsyncIterableIterator<PortEvent | MissedEvents> {
    this.#owners.tellOutdated();
    const { since, owner, initial } = options;
    return this.#outlet.stream({
      since,
      initial: initial ? this.#reported() : undefined,
      isWanted: owner === undefined ? undefined : (listener) => isOf(owner, listener),
    });
  }

  /** What a reader who comes now has to know already to make sense of the events that follow. */
  #reported(): readonly Listener[] {
    return this.#watches.flatMap((watch) => watch.reportedListeners()).sort(compareListeners);
  }

  get #watches(): readonly SiteWatch[] {
    return this.#places.flatMap(({ watches }) => watches);
  }

  #reassign(): void {
    if (this.#state !== 'started') return;
    for (const watch of this.#watches) watch.reassign();
  }
}

function isOf(owner: string | undefined, { owners }: Listener): boolean {
  return owner === undefined || owners.includes(owner);
}
