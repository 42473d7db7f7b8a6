import { SELF } from '../listener.js';
import type { Place } from '../places/place.js';
import { PlaceError } from '../places/place-error.js';
import { SharedSearch } from '../places/shared-search.js';
import type { Site } from '../places/site.js';
import { BackOff } from '../timing/back-off.js';
import { beginAll } from '../timing/begin-all.js';
import { Pace } from '../timing/pace.js';
import { lookInSlices, SweepClock } from './doorbells/clock/sweep-clock.js';
import { SiteDoorbells } from './doorbells/site-doorbells.js';
import type { PortEvent } from './reporting/event.js';
import { type SharedByWatches, SiteWatch } from './site-watch.js';

/** How often to see what a place is now. A namespace that is gone is kept alive by our sockets until then. */
const FIND_MS = 250;
const FIND_MANY_MS = 1000;
/** Not less often, even if that takes long. */
const FIND_LIMIT_MS = 3000;

/** To wait for an answer from elsewhere costs no processor, and more would be a burden there. */
const ELSEWHERE_SHARE = 0.1;

/** What one place may cost, and which sites others watch already. */
export interface PlaceWatchOptions {
  /** The share of a core that it may cost to look. */
  readonly cpuShare: number;
  /** False if another place of the same monitor has a site of that name. */
  readonly mayWatch: (place: string) => boolean;
}

/** The sites that were found, or why none was. */
interface FoundSites {
  readonly sites: readonly Site[];
  readonly reason: string | null;
}

/** Watches a place: what is there at the time, as it comes and goes. */
export class PlaceWatch {
  readonly #place: Place;
  readonly #shared: SharedByWatches;
  readonly #options: PlaceWatchOptions;
  readonly #sweepClock: SweepClock | undefined;
  readonly #findPace: Pace;
  readonly #abort = new AbortController();
  readonly #watches = new Map<string, SiteWatch>();
  /** Those whose start failed. */
  readonly #unstarted = new Map<SiteWatch, BackOff>();
  #sites: readonly Site[] = [];
  #finding: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  /** It can't be told what is there now, and that was reported. */
  #isLost = false;

  constructor(place: Place, shared: SharedByWatches, options: PlaceWatchOptions) {
    const { intervals, persistent } = shared.settings;
    const { cpuShare } = options;
    this.#place = place;
    this.#shared = place.isMany ? { ...shared, search: new SharedSearch() } : shared;
    this.#options = options;
    this.#sweepClock = place.isMany
      ? new SweepClock({ intervalMs: intervals.usual, cpuShare, persistent })
      : undefined;
    this.#findPace = new Pace(place.isMany ? FIND_MANY_MS : FIND_MS, cpuShare);
  }

  /** The watches of what is there now, in the order in which it was found. */
  get watches(): readonly SiteWatch[] {
    return this.#sites.flatMap(({ id }) => this.#watches.get(id) ?? []);
  }

  /** Whether a site of that name is among them. */
  isWatching(place: string): boolean {
    for (const { site } of this.#watches.values()) if (site.place === place) return true;
    return false;
  }

  /**
   * Takes the first look at what is there and begins to watch. Of many sites some may not be to be seen: that is told as
   * `error`.
   *
   * @throws PlaceError if there is no such place; NoSourceError if no source works; DoorbellError
   */
  async start(): Promise<void> {
    this.#sites = await this.#find();
    await beginAll(this.#sites.map((site) => () => this.#start(site, this.#isOneOfMany(site))));
    this.#wait();
  }

  /** The same after a start that failed: what goes wrong is told as `error`, and the watch goes on. */
  async startOrReport(): Promise<void> {
    await this.#stopWatches();
    this.#watches.clear();
    try {
      this.#sites = await this.#find();
    } catch (error) {
      this.#abort.signal.throwIfAborted();
      this.#publishError(error);
      this.#sites = [];
    }
    await beginAll(this.#sites.map((site) => () => this.#start(site, true)));
    this.#wait();
  }

  async #start(site: Site, reports: boolean): Promise<void> {
    this.#abort.signal.throwIfAborted();
    if (!this.#options.mayWatch(site.place)) return;
    const watch = this.#watchOf(site);
    this.#watches.set(site.id, watch);
    if (reports) await watch.startOrReport();
    else await watch.start();
    this.#sweep(watch);
  }

  /** Looks now at all that is there, and resolves with the events that were found, when all holders are known. */
  async refresh(): Promise<readonly PortEvent[]> {
    const events: (readonly PortEvent[])[] = [];
    if (this.#place.changes) events.push(await this.#follow());
    this.#shared.followed.catchUp();
    const look = (watch: SiteWatch) => watch.lookUnlessUnchanged()?.then((found) => void events.push(found));
    await lookInSlices(this.watches.map((watch) => () => look(watch)));
    for (const watch of this.watches) if (!watch.knowsHolders) events.push(await watch.learnHolders());
    // What a watch tells after its look may be in both answers.
    return [...new Set(events.flat())];
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#timer);
    await this.#finding;
    await this.#stopWatches();
    await this.#place.close();
  }

  async #stopWatches(): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => this.#stop(watch)));
  }

  #stop(watch: SiteWatch): Promise<void> {
    this.#sweepClock?.leave(watch);
    return watch.stop();
  }

  /** No site, if the place is known and may come later: that is told as an event. */
  async #find(): Promise<readonly Site[]> {
    try {
      return await this.#place.find(this.#abort.signal);
    } catch (error) {
      if (!(error instanceof PlaceError && error.mayCome)) throw error;
      this.#publish(this.#place.name, 'gone', error.reason);
      return [];
    }
  }

  /** Among all, the own namespace has doorbells of its own, and has to be seen. */
  #isOneOfMany(site: Site): boolean {
    return this.#place.isMany && site.place !== SELF;
  }

  #watchOf(site: Site): SiteWatch {
    return new SiteWatch(site, this.#isOneOfMany(site) ? undefined : this.#doorbellsOf(site), this.#shared);
  }

  #doorbellsOf(site: Site): SiteDoorbells {
    const { cpuShare } = this.#options;
    return new SiteDoorbells({
      ...this.#shared.settings,
      namespace: site.kind === 'local' ? site.namespace : undefined,
      cpuShare: site.kind === 'local' ? cpuShare : Math.max(cpuShare, ELSEWHERE_SHARE),
    });
  }

  /** Sites without doorbells of their own share a clock. */
  #sweep(watch: SiteWatch): void {
    if (this.#isOneOfMany(watch.site) && !this.#abort.signal.aborted) this.#sweepClock?.join(watch);
  }

  #wait(): void {
    if (!this.#place.changes || this.#abort.signal.aborted) return;
    this.#timer = setTimeout(
      () => {
        void this.#follow().finally(() => this.#wait());
      },
      Math.min(this.#findPace.intervalMs, FIND_LIMIT_MS),
    );
    if (!this.#shared.settings.persistent) this.#timer.unref();
  }

  /** One at a time: a refresh may come while the timer has rung. */
  #follow(): Promise<readonly PortEvent[]> {
    const following = this.#finding.then(() => this.#followNow());
    this.#finding = following.then(
      () => undefined,
      () => undefined,
    );
    return following;
  }

  async #followNow(): Promise<readonly PortEvent[]> {
    if (this.#abort.signal.aborted) return [];
    const failures: PortEvent[] = [];
    const found = await this.#findAgain(failures);
    if (found === undefined || this.#abort.signal.aborted) return failures;
    const { sites, reason } = found;
    const ids = new Set(sites.map(({ id }) => id));
    const events: (readonly PortEvent[])[] = [];
    for (const [id, watch] of this.#watches) {
      if (!ids.has(id)) events.push(await this.#end(id, watch, reason));
    }
    this.#sites = sites;
    for (const [watch, backOff] of this.#unstarted) {
      if (backOff.isDue) events.push(await this.#beginAgain(watch, backOff));
    }
    const fresh = sites.filter(({ id }) => !this.#watches.has(id));
    return [...events, ...(await beginAll(fresh.map((site) => () => this.#begin(site))))].flat();
  }

  /** If it can't be told, such as for want of descriptors, nothing comes or goes; that is reported once. */
  async #findAgain(events: PortEvent[]): Promise<FoundSites | undefined> {
    const began = performance.now();
    try {
      const sites = await this.#place.find(this.#abort.signal);
      this.#isLost = false;
      return { sites, reason: null };
    } catch (error) {
      if (error instanceof PlaceError) return { sites: [], reason: error.reason };
      if (!this.#isLost && !this.#abort.signal.aborted) events.push(this.#publishError(error));
      this.#isLost = true;
      return undefined;
    } finally {
      this.#findPace.lookTook(performance.now() - began);
    }
  }

  async #begin(site: Site): Promise<readonly PortEvent[]> {
    if (this.#abort.signal.aborted || !this.#options.mayWatch(site.place)) return [];
    const watch = this.#watchOf(site);
    this.#watches.set(site.id, watch);
    const appeared = this.#publish(site.place, 'appeared', null);
    this.#sweep(watch);
    try {
      return [appeared, ...(await watch.startFromNothing())];
    } catch (error) {
      if (this.#abort.signal.aborted) return [appeared];
      const backOff = new BackOff();
      backOff.failed();
      this.#unstarted.set(watch, backOff);
      return [appeared, this.#publishError(error, site.place)];
    }
  }

  /** A doorbell can't be had for want of descriptors, as an example. It was told already that the start failed. */
  async #beginAgain(watch: SiteWatch, backOff: BackOff): Promise<readonly PortEvent[]> {
    try {
      const found = await watch.startFromNothing();
      this.#unstarted.delete(watch);
      return found;
    } catch {
      backOff.failed();
      return [];
    }
  }

  async #end(id: string, watch: SiteWatch, reason: string | null): Promise<readonly PortEvent[]> {
    await this.#stop(watch);
    this.#watches.delete(id);
    this.#unstarted.delete(watch);
    const closed = await watch.reportEnd();
    return [...closed, this.#publish(watch.site.place, 'gone', reason)];
  }

  #publish(place: string, state: 'appeared' | 'gone', reason: string | null): PortEvent {
    return this.#shared.outlet.publish({ type: 'place', state, reason, place });
  }

  #publishError(error: unknown, place = this.#place.name): PortEvent {
    const told = error instanceof Error ? error : new Error(String(error));
    return this.#shared.outlet.publish({ type: 'error', error: told, place });
  }
}
