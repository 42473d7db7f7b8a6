import { setImmediate } from 'node:timers/promises';
import { type Bells, NO_RECORDS } from '../bells.js';
import { ClockDoorbell } from './clock.js';

/** How long looks may hold the event loop. */
const SLICE_MS = 5;
/** How long a site that did not answer is left out, doubling from time to time: others are not to wait for it. */
const SET_ASIDE_MS = 1000;
const SET_ASIDE_LIMIT_MS = 60_000;
/** The cost of a look is the least in so many sweeps. */
const SWEEPS = 8;

/** Looks; undefined where that was done at once. */
type Look = () => Promise<unknown> | undefined;

/** How often, and at what cost. */
export interface SweepClockOptions {
  readonly intervalMs: number;
  /** The share of a core that looking at all of them may cost at most. */
  readonly cpuShare: number;
  readonly persistent: boolean;
}

/** One clock for many sites: they are looked at one after the other, in slices, as often as all of them together may cost. */
export class SweepClock {
  readonly #options: SweepClockOptions;
  readonly #looks = new Set<Look>();
  readonly #clock: ClockDoorbell;
  /** What one of the looks took in each of the last sweeps, in milliseconds: what all of them cost depends on how many there are. */
  readonly #costs: number[] = [];
  #isSweeping = false;

  constructor(options: SweepClockOptions) {
    const { intervalMs, persistent } = options;
    this.#options = options;
    this.#clock = new ClockDoorbell(intervalMs, { persistent });
  }

  /** The bells of one more site. */
  join(): Bells {
    let joined: Look | undefined;
    let hasAnswered = true;
    let setAsideMs = 0;
    let retryAt = 0;
    const lookUnlessSetAside = (look: Look): Promise<void> | undefined => {
      // It may have left while others were looked at.
      if (joined === undefined || (retryAt > 0 && performance.now() < retryAt)) return undefined;
      hasAnswered = false;
      const looking = look();
      return looking?.then(noteOutcome);
    };
    const noteOutcome = (): void => {
      setAsideMs = hasAnswered ? 0 : Math.min(2 * setAsideMs || SET_ASIDE_MS, SET_ASIDE_LIMIT_MS);
      retryAt = hasAnswered ? 0 : performance.now() + setAsideMs;
    };
    return {
      get best() {
        return joined && 'clock';
      },
      start: async (_ring, look) => {
        joined = () => lookUnlessSetAside(look);
        this.#looks.add(joined);
        if (this.#looks.size === 1) await this.#clock.start(() => void this.#sweepByTheClock());
      },
      stop: async () => {
        if (joined === undefined || !this.#looks.delete(joined)) return;
        joined = undefined;
        if (this.#looks.size === 0) await this.#clock.stop();
      },
      takeRecords: () => NO_RECORDS,
      lookTook: () => undefined,
      foundNews: () => undefined,
      noteSource: () => {
        hasAnswered = true;
      },
    };
  }

  async #sweepByTheClock(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    const count = this.#looks.size;
    this.#costs.push((await lookInSlices(this.#looks)) / count);
    if (this.#costs.length > SWEEPS) this.#costs.shift();
    const { intervalMs, cpuShare } = this.#options;
    // The shortest is what a look costs; the others were kept waiting, or had something to find.
    this.#clock.intervalMs = Math.max(intervalMs, (Math.min(...this.#costs) * count) / cpuShare);
    this.#isSweeping = false;
  }
}

/**
 * Looks one after the other, leaving the event loop to others after every slice.
 *
 * @returns how long the looks took, in milliseconds, without what others did in between
 */
export async function lookInSlices(looks: Iterable<Look>): Promise<number> {
  let tookMs = 0;
  let sliceBegan = performance.now();
  for (const look of [...looks]) {
    const looking = look();
    if (looking !== undefined) await looking;
    if (performance.now() - sliceBegan < SLICE_MS) continue;
    tookMs += performance.now() - sliceBegan;
    await setImmediate();
    sliceBegan = performance.now();
  }
  return tookMs + performance.now() - sliceBegan;
}
