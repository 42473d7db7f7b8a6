import type { NetworkNamespace } from '../../kernel/namespaces/network-namespace.js';
import { SELF } from '../../listener.js';
import type { Logger } from '../../logger.js';
import type { SourceName } from '../../sources/source.js';
import { Pace } from '../../timing/pace.js';
import { type Bells, NO_RECORDS } from './bells.js';
import { ClockDoorbell } from './clock/clock.js';
import { NetlinkClock } from './clock/netlink-clock.js';
import { DestroyDoorbell } from './destroy-groups/destroy-groups.js';
import type { Doorbell, DoorbellName, Ring } from './doorbell.js';
import { type DoorbellError, doorbellErrorFrom } from './doorbell-error.js';
import { possibleDoorbell } from './possible-doorbell.js';
import type { TakenRecords } from './tracefs/trace-records.js';
import { TracefsDoorbell } from './tracefs/tracefs-doorbell.js';

/** Which doorbell to use, together with those below it; or the best that this process may have. */
export type DoorbellChoice = 'auto' | DoorbellName;

/** What the doorbells are told. */
export interface SiteDoorbellsOptions {
  readonly doorbell?: DoorbellChoice | undefined;
  readonly intervalMs?: number | undefined;
  readonly cpuShare: number;
  readonly persistent: boolean;
  readonly logger?: Logger | undefined;
  /** Whose listeners these are about; undefined elsewhere, where only a clock can ring. */
  readonly namespace: NetworkNamespace | undefined;
}

/** How often to look where nothing tells of an opening. */
const INTERVAL_MS = 100;
/** How often where the kernel tells of each but that of a UDP socket that nobody bound. */
const INTERVAL_WITH_TRACEFS_MS = 1000;
/** How often to ask elsewhere. */
const INTERVAL_ELSEWHERE_MS = 1000;
/** How often to look all the same where another clock looks out for changes. */
const DOUBTFUL_MS = 10_000;

/**
 * The doorbells of a monitor. A clock always runs, since only it sees everything in the end: where netlink answers, one
 * that rings when the answer has changed, else one that rings each time. tracefs tells of TCP openings and closings and of
 * UDP binds, in this process's own network namespace; the destroy groups of every closing.
 */
export class SiteDoorbells implements Bells {
  readonly #options: SiteDoorbellsOptions;
  readonly #namespace: NetworkNamespace | undefined;
  readonly #pace: Pace;
  readonly #clock: ClockDoorbell;
  readonly #running = new Set<Doorbell>();
  #netlinkClock: NetlinkClock | undefined;
  #tracefs: TracefsDoorbell | undefined;
  #source: SourceName | undefined;
  #ring: Ring | undefined;

  constructor(options: SiteDoorbellsOptions) {
    this.#options = options;
    const { namespace, cpuShare, persistent } = options;
    this.#namespace = namespace;
    this.#pace = new Pace(this.#intervalMs, cpuShare);
    this.#clock = new ClockDoorbell(this.#intervalMs, { persistent });
  }

  get #intervalMs(): number {
    const { intervalMs } = this.#options;
    if (intervalMs !== undefined) return intervalMs;
    if (this.#namespace === undefined) return INTERVAL_ELSEWHERE_MS;
    return this.#tracefs === undefined ? INTERVAL_MS : INTERVAL_WITH_TRACEFS_MS;
  }

  /** The best one that rings; undefined before the start and after the end. */
  get best(): DoorbellName | undefined {
    const names = [...this.#running].map(({ name }) => name);
    return (['tracefs', 'destroy', 'clock'] as const).find((name) => names.includes(name));
  }

  /** @throws DoorbellError where the one that was asked for can't be had */
  async start(ring: Ring): Promise<void> {
    const namespace = this.#namespace;
    const choice = possibleDoorbell(this.#options.doorbell ?? 'auto', namespace?.place);
    const { persistent } = this.#options;
    this.#ring = ring;
    if (namespace?.place === SELF && (choice === 'auto' || choice === 'tracefs')) {
      const tracefs = new TracefsDoorbell({ persistent });
      if (await this.#tryToStart(tracefs, choice === 'tracefs')) this.#tracefs = tracefs;
    }
    if (namespace !== undefined && choice !== 'clock')
      await this.#tryToStart(new DestroyDoorbell({ persistent }, namespace), choice === 'destroy');
    await this.#tryToStart(this.#clock, true);
    if (this.#source === 'netlink') await this.#startDumpClock();
  }

  async stop(): Promise<void> {
    this.#ring = undefined;
    this.#tracefs = undefined;
    this.#netlinkClock = undefined;
    await Promise.all([...this.#running].map((doorbell) => doorbell.stop()));
    this.#running.clear();
  }

  /** What the kernel recorded since the last call; nothing without tracefs. */
  takeRecords(): TakenRecords {
    return this.#tracefs?.takeRecords() ?? NO_RECORDS;
  }

  /** Is told what the source took for a look, so that looks by the clock do not cost more than their share. */
  lookTook(ms: number): void {
    this.#pace.lookTook(ms);
    this.#setClock();
  }

  /** Is told that a look found something open, or no longer so: none of the dumps need have shown it. */
  foundNews(): void {
    this.#netlinkClock?.ringOnceMore();
  }

  /** Is told which source answers. */
  noteSource(source: SourceName): void {
    if (source === this.#source) return;
    this.#source = source;
    if (source === 'netlink') void this.#startDumpClock();
    else this.#endDumpClock();
  }

  async #startDumpClock(): Promise<void> {
    const namespace = this.#namespace;
    if (this.#ring === undefined || this.#netlinkClock !== undefined || namespace === undefined) return;
    const { cpuShare, persistent } = this.#options;
    const netlinkClock = new NetlinkClock({
      intervalMs: this.#intervalMs,
      cpuShare,
      persistent,
      namespace,
    });
    this.#netlinkClock = netlinkClock;
    if (!(await this.#tryToStart(netlinkClock, false))) this.#netlinkClock = undefined;
    this.#setClock();
  }

  #endDumpClock(): void {
    const netlinkClock = this.#netlinkClock;
    if (netlinkClock === undefined) return;
    this.#netlinkClock = undefined;
    this.#running.delete(netlinkClock);
    void netlinkClock.stop();
    this.#setClock();
  }

  #setClock(): void {
    const { intervalMs } = this.#pace;
    this.#clock.intervalMs =
      this.#netlinkClock === undefined ? intervalMs : Math.max(intervalMs, DOUBTFUL_MS);
  }

  async #tryToStart(doorbell: Doorbell, isNeeded: boolean): Promise<boolean> {
    const ring = this.#ring;
    if (ring === undefined) return false;
    try {
      await doorbell.start(ring, (error) => this.#onFailure(doorbell, error));
      if (this.#ring === undefined) {
        await doorbell.stop();
        return false;
      }
      this.#running.add(doorbell);
      return true;
    } catch (error) {
      const failure = doorbellErrorFrom(doorbell.name, error);
      if (isNeeded) throw failure;
      this.#options.logger?.debug(`doorbell ${doorbell.name} can't be had: ${failure.message}`);
      return false;
    }
  }

  /** The clock still rings. */
  #onFailure(doorbell: Doorbell, error: DoorbellError): void {
    this.#options.logger?.debug(`doorbell ${doorbell.name} failed: ${error.message}`);
    this.#running.delete(doorbell);
    void doorbell.stop();
    if (doorbell === this.#netlinkClock) this.#endDumpClock();
    if (doorbell === this.#tracefs) {
      this.#tracefs = undefined;
      // It has relied on the kernel to tell the most.
      if (this.#netlinkClock === undefined) return;
      this.#endDumpClock();
      void this.#startDumpClock();
    }
  }
}
