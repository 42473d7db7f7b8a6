import type { Logger } from '../logger.js';
import { ClockDoorbell } from './doorbells/clock.js';
import { DestroyDoorbell } from './doorbells/destroy-groups.js';
import type { Doorbell, DoorbellName, Ring } from './doorbells/doorbell.js';
import { DoorbellError } from './doorbells/doorbell-error.js';
import { possibleDoorbell } from './doorbells/possible-doorbell.js';
import type { TakenRecords } from './doorbells/tracefs/trace-records.js';
import { TracefsDoorbell } from './doorbells/tracefs/tracefs-doorbell.js';

/** Which doorbell to use, together with those below it; or the best that this process may have. */
export type DoorbellChoice = 'auto' | DoorbellName;

/** What the doorbells are told. */
export interface DoorbellPanelOptions {
  readonly doorbell?: DoorbellChoice;
  readonly intervalMs?: number;
  readonly cpuShare?: number;
  readonly persistent?: boolean;
  readonly logger?: Logger;
}

/** How many of the last looks tell what a look costs. */
const RECENT_LOOKS = 8;

const NO_RECORDS: TakenRecords = { records: [], lost: 0 };

/**
 * The doorbells of a monitor. The clock always runs, since only it sees everything in the end; tracefs tells of TCP
 * openings and closings and of UDP binds, the destroy groups of every closing.
 */
export class DoorbellPanel {
  readonly #options: DoorbellPanelOptions;
  readonly #intervalMs: number;
  readonly #cpuShare: number;
  readonly #clock: ClockDoorbell;
  readonly #running = new Set<Doorbell>();
  readonly #lookMs: number[] = [];
  #tracefs: TracefsDoorbell | undefined;

  constructor(options: DoorbellPanelOptions) {
    this.#options = options;
    this.#intervalMs = options.intervalMs ?? 100;
    this.#cpuShare = options.cpuShare ?? 0.01;
    this.#clock = new ClockDoorbell(this.#intervalMs, { persistent: options.persistent ?? true });
  }

  /**
   * @param ring is called where more rings may follow at once
   * @param tick is called by the clock, whose rings come alone
   * @throws DoorbellError where the one that was asked for can't be had
   */
  async start(ring: Ring, tick: Ring): Promise<void> {
    const { doorbell = 'auto', persistent = true } = this.#options;
    const choice = possibleDoorbell(doorbell);
    if (choice === 'auto' || choice === 'tracefs') {
      const tracefs = new TracefsDoorbell({ persistent });
      if (await this.#tryToStart(tracefs, ring, choice === 'tracefs')) this.#tracefs = tracefs;
    }
    if (choice !== 'clock')
      await this.#tryToStart(new DestroyDoorbell({ persistent }), ring, choice === 'destroy');
    await this.#tryToStart(this.#clock, tick, true);
  }

  async stop(): Promise<void> {
    this.#tracefs = undefined;
    await Promise.all([...this.#running].map((doorbell) => doorbell.stop()));
    this.#running.clear();
  }

  /** What the kernel recorded since the last call; nothing without tracefs. */
  takeRecords(): TakenRecords {
    return this.#tracefs?.takeRecords() ?? NO_RECORDS;
  }

  /** Is told what the source took for a look, so that looks by the clock do not cost more than their share. */
  lookTook(ms: number): void {
    this.#lookMs.push(ms);
    if (this.#lookMs.length > RECENT_LOOKS) this.#lookMs.shift();
    // The shortest is what a look costs; the others were kept waiting by other processes, or by the first compilation.
    this.#clock.intervalMs = Math.max(this.#intervalMs, Math.min(...this.#lookMs) / this.#cpuShare);
  }

  async #tryToStart(doorbell: Doorbell, ring: Ring, isNeeded: boolean): Promise<boolean> {
    try {
      await doorbell.start(ring, (error) => this.#onFailure(doorbell, error));
      this.#running.add(doorbell);
      return true;
    } catch (error) {
      if (isNeeded || !(error instanceof DoorbellError)) throw error;
      this.#options.logger?.debug(`doorbell ${doorbell.name} can't be had: ${error.message}`);
      return false;
    }
  }

  /** The clock still rings. */
  #onFailure(doorbell: Doorbell, error: DoorbellError): void {
    this.#options.logger?.debug(`doorbell ${doorbell.name} failed: ${error.message}`);
    this.#running.delete(doorbell);
    if (doorbell === this.#tracefs) this.#tracefs = undefined;
    void doorbell.stop();
  }
}
