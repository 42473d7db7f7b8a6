import type { NetworkNamespace } from '../../kernel/namespaces/network-namespace.js';
import { isMac } from '../../kernel/platform.js';
import { SELF } from '../../listener.js';
import type { Logger } from '../../logger.js';
import type { SourceName } from '../../sources/source.js';
import { BackOff } from '../../timing/back-off.js';
import { Pace } from '../../timing/pace.js';
import { ClockDoorbell } from './clock/clock.js';
import { NetlinkClock } from './clock/netlink-clock.js';
import { DestroyDoorbell, NO_ENDINGS, type TakenEndings } from './destroy-groups/destroy-groups.js';
import {
  DOORBELL_NAMES,
  type Doorbell,
  type DoorbellChoice,
  DoorbellError,
  type DoorbellName,
  doorbellErrorFrom,
  type Ring,
} from './doorbell.js';
import type { Intervals } from './intervals.js';
import { NO_RECORDS, type TakenRecords } from './tracefs/trace-records.js';
import { TracefsDoorbell } from './tracefs/tracefs-doorbell.js';

/** What the doorbells are told. */
export interface SiteDoorbellsOptions {
  readonly doorbell: DoorbellChoice;
  readonly intervals: Intervals;
  readonly cpuShare: number;
  readonly persistent: boolean;
  readonly logger?: Logger | undefined;
  /** Whose listeners these are about; undefined elsewhere, where only a clock can ring. */
  readonly namespace: NetworkNamespace | undefined;
}

/** What the kernel recorded, and what it told of the ends of sockets in this namespace. */
export interface TakenFromKernel extends TakenRecords, TakenEndings {}

export const NOTHING_TAKEN: TakenFromKernel = { ...NO_RECORDS, ...NO_ENDINGS };

/** How often to look all the same if another clock looks out for changes. */
const DOUBTFUL_MS = 10_000;

/**
 * The doorbells of a site. A clock always runs, since only it sees everything in the end: if netlink answers, one that rings
 * when the answer has changed, else one that rings each time. tracefs tells of TCP openings and closings and of UDP binds, in
 * this process's own network namespace; the destroy groups of every closing.
 */
export class SiteDoorbells {
  readonly #options: SiteDoorbellsOptions;
  readonly #clock: ClockDoorbell;
  readonly #running = new Set<Doorbell>();
  /** Those that are being started. */
  readonly #starting = new Set<Promise<boolean>>();
  /** Those that rang and then failed. */
  readonly #failed = new Set<DoorbellName>();
  readonly #backOffs: Record<DoorbellName, BackOff> = {
    tracefs: new BackOff(),
    destroy: new BackOff(),
    clock: new BackOff(),
  };
  #pace: Pace;
  #restMs = 0;
  #netlinkClock: NetlinkClock | undefined;
  #tracefs: TracefsDoorbell | undefined;
  #destroy: DestroyDoorbell | undefined;
  #source: SourceName | undefined;
  #ring: Ring | undefined;

  constructor(options: SiteDoorbellsOptions) {
    this.#options = options;
    this.#pace = this.#newPace();
    this.#clock = new ClockDoorbell(this.#intervalMs, options);
  }

  get #intervalMs(): number {
    const { namespace, intervals } = this.#options;
    if (namespace === undefined) return intervals.elsewhere;
    return this.#tracefs === undefined ? intervals.usual : intervals.withTracefs;
  }

  /** The best one that rings; undefined before the start and after the end. */
  get best(): DoorbellName | undefined {
    const names = [...this.#running].map(({ name }) => name);
    return DOORBELL_NAMES.find((name) => names.includes(name));
  }

  /**
   * Starts all that there are. The kernel takes some 50 ms to make a trace instance: unless it was asked for, the others ring
   * alone until it is there.
   *
   * @throws DoorbellError if the one that was asked for can't be had
   */
  async start(ring: Ring): Promise<void> {
    const { doorbell, namespace } = this.#options;
    const choice = possibleDoorbell(doorbell, namespace?.place);
    this.#ring = ring;
    const best = choice === 'auto' ? 0 : DOORBELL_NAMES.indexOf(choice);
    for (const name of DOORBELL_NAMES.slice(best)) {
      const created = this.#create[name](namespace);
      if (created === undefined) continue;
      const isNeeded = name === choice || name === 'clock';
      const starting = this.#tryToStart(created, isNeeded);
      if (isNeeded || name !== 'tracefs') await starting;
    }
    if (this.#source === 'netlink') await this.#startNetlinkClock();
  }

  /** Each doorbell, if the namespace can have it. */
  readonly #create: Record<DoorbellName, (namespace: NetworkNamespace | undefined) => Doorbell | undefined> =
    {
      tracefs: (namespace) => (namespace?.place === SELF ? new TracefsDoorbell(this.#options) : undefined),
      destroy: (namespace) => namespace && new DestroyDoorbell(this.#options, namespace),
      clock: () => this.#clock,
    };

  async stop(): Promise<void> {
    this.#ring = undefined;
    this.#tracefs = undefined;
    this.#destroy = undefined;
    this.#netlinkClock = undefined;
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#running].map((doorbell) => doorbell.stop()));
    this.#running.clear();
  }

  /** What the kernel recorded since the last call; nothing without tracefs. */
  async takeRecords(): Promise<TakenFromKernel> {
    if (this.#tracefs === undefined) return NOTHING_TAKEN;
    // A closing is recorded before its socket's end is told: what is taken in this order has the closing of each end.
    const endings = (await this.#destroy?.takeEndings()) ?? NO_ENDINGS;
    return { ...(await this.#tracefs.takeRecords()), ...endings };
  }

  /** What a source took for a look, in milliseconds: looks that bring nothing are not to cost more than their share. */
  tookMs(ms: number): void {
    this.#restMs = ms / this.#options.cpuShare;
    this.#pace.lookTook(ms);
    this.#setClock();
  }

  /** From one look to the next, in milliseconds, if looks like the last one are to take no more than their share. */
  get restMs(): number {
    return this.#restMs;
  }

  /** A look saw something open, or no longer so: none of the dumps need have shown it. */
  sawChange(): void {
    this.#netlinkClock?.ringOnceMore();
  }

  /** Which source answered a look. Each look is an occasion to start again what failed. */
  sourceIs(source: SourceName): void {
    this.#source = source;
    if (source !== 'netlink') this.#endNetlinkClock();
    else if (this.#netlinkClock === undefined && this.#backOffs.clock.isDue) void this.#startNetlinkClock();
    for (const name of this.#failed) if (this.#backOffs[name].isDue) void this.#startAgain(name);
  }

  async #startAgain(name: DoorbellName): Promise<void> {
    this.#failed.delete(name);
    const doorbell = this.#create[name](this.#options.namespace);
    if (doorbell !== undefined && !(await this.#tryToStart(doorbell, false))) this.#hasFailed(name);
  }

  #hasFailed(name: DoorbellName): void {
    this.#backOffs[name].failed();
    if (name !== 'clock') this.#failed.add(name);
  }

  async #startNetlinkClock(): Promise<void> {
    const { cpuShare, persistent, namespace } = this.#options;
    if (this.#ring === undefined || this.#netlinkClock !== undefined || namespace === undefined) return;
    const netlinkClock = new NetlinkClock({ intervalMs: this.#intervalMs, cpuShare, persistent, namespace });
    this.#netlinkClock = netlinkClock;
    if (!(await this.#tryToStart(netlinkClock, false)) && this.#netlinkClock === netlinkClock) {
      this.#netlinkClock = undefined;
      this.#hasFailed('clock');
    }
    this.#setClock();
  }

  #endNetlinkClock(): void {
    const netlinkClock = this.#netlinkClock;
    if (netlinkClock === undefined) return;
    this.#netlinkClock = undefined;
    this.#running.delete(netlinkClock);
    void netlinkClock.stop();
    this.#setClock();
  }

  /** How often clocks ring depends on whether tracefs tells of openings. */
  #useTracefs(tracefs: TracefsDoorbell | undefined): void {
    this.#tracefs = tracefs;
    this.#keepEndings();
    this.#pace = this.#newPace();
    this.#setClock();
    if (this.#netlinkClock === undefined) return;
    this.#endNetlinkClock();
    void this.#startNetlinkClock();
  }

  #useDestroy(destroy: DestroyDoorbell | undefined): void {
    this.#destroy = destroy;
    this.#keepEndings();
  }

  /** They tell where it was what tracefs recorded. */
  #keepEndings(): void {
    if (this.#destroy !== undefined) this.#destroy.keepsEndings = this.#tracefs !== undefined;
  }

  #newPace(): Pace {
    return new Pace(this.#intervalMs, this.#options.cpuShare);
  }

  #setClock(): void {
    const { intervalMs } = this.#pace;
    this.#clock.intervalMs =
      this.#netlinkClock === undefined ? intervalMs : Math.max(intervalMs, DOUBTFUL_MS);
  }

  #tryToStart(doorbell: Doorbell, isNeeded: boolean): Promise<boolean> {
    const starting = this.#start(doorbell, isNeeded).finally(() => this.#starting.delete(starting));
    this.#starting.add(starting);
    return starting;
  }

  async #start(doorbell: Doorbell, isNeeded: boolean): Promise<boolean> {
    const ring = this.#ring;
    if (ring === undefined) return false;
    try {
      await doorbell.start(ring, (error) => this.#onFailure(doorbell, error));
      const isReplaced = doorbell instanceof NetlinkClock && doorbell !== this.#netlinkClock;
      if (this.#ring === undefined || isReplaced) {
        await doorbell.stop();
        return false;
      }
      this.#running.add(doorbell);
      if (doorbell instanceof TracefsDoorbell) this.#useTracefs(doorbell);
      if (doorbell instanceof DestroyDoorbell) this.#useDestroy(doorbell);
      return true;
    } catch (error) {
      const failure = doorbellErrorFrom(doorbell.name, error);
      if (isNeeded) throw failure;
      this.#options.logger?.debug(`doorbell ${doorbell.name} can't be had: ${failure.message}`);
      return false;
    }
  }

  /** Such as for want of memory. The clock still rings. */
  #onFailure(doorbell: Doorbell, error: DoorbellError): void {
    this.#options.logger?.debug(`doorbell ${doorbell.name} failed: ${error.message}`);
    this.#running.delete(doorbell);
    void doorbell.stop();
    this.#hasFailed(doorbell.name);
    if (doorbell === this.#netlinkClock) this.#endNetlinkClock();
    if (doorbell === this.#tracefs) this.#useTracefs(undefined);
    if (doorbell === this.#destroy) this.#useDestroy(undefined);
  }
}

/**
 * What a choice of doorbells comes to: on macOS and elsewhere the clock is the only one, and tracefs is for this process's own
 * network namespace.
 *
 * @param place undefined elsewhere
 * @throws DoorbellError if one was named that can't be had there
 */
function possibleDoorbell(choice: DoorbellChoice, place: string | undefined): DoorbellChoice {
  if (place === undefined) {
    if (choice === 'auto' || choice === 'clock') return 'clock';
    throw new DoorbellError(choice, `nothing rings from elsewhere: there is the clock alone, no ${choice}`);
  }
  if (choice === 'tracefs' && place !== SELF)
    throw new DoorbellError(
      choice,
      `tracefs tells of this process's own network namespace alone, not of ${place}`,
    );
  if (!isMac()) return choice;
  if (choice === 'auto' || choice === 'clock') return 'clock';
  throw new DoorbellError(choice, `only Linux has the doorbell ${choice}; macOS has the clock alone`);
}
