import { setImmediate } from 'node:timers/promises';
import { Pace } from '../poll-thread/pace.js';
import { type Bells, NO_RECORDS } from './bells.js';
import { ClockDoorbell } from './doorbells/clock.js';

/** How long looks may hold the event loop. */
const SLICE_MS = 5;
/** How long a site that did not answer is left out, doubling from time to time: others are not to wait for it. */
const SET_ASIDE_MS = 1000;
const SET_ASIDE_LIMIT_MS = 60_000;

type Look = () => Promise<unknown>;

/** How often, and at what cost. */
export interface SweepClockOptions {
  readonly intervalMs: number;
  /** The share of a core that looking at all of them may cost at most. */
  readonly cpuShare: number;
  readonly persistent: boolean;
}

/** One clock for many sites: they are looked at one after the other, in slices, as often as all of them together may cost. */
export class SweepClock {
  readonly #looks = new Set<Look>();
  readonly #pace: Pace;
  readonly #clock: ClockDoorbell;
  #isSweeping = false;

  constructor({ intervalMs, cpuShare, persistent }: SweepClockOptions) {
    this.#pace = new Pace(intervalMs, cpuShare);
    this.#clock = new ClockDoorbell(intervalMs, { persistent });
  }

  /** The bells of one more site. */
  join(): Bells {
    let joined: Look | undefined;
    let hasAnswered = true;
    let setAsideMs = 0;
    let retryAt = 0;
    const lookUnlessSetAside = async (look: Look): Promise<void> => {
      if (performance.now() < retryAt) return;
      hasAnswered = false;
      await look();
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
      noteSource: () => {
        hasAnswered = true;
      },
    };
  }

  async #sweepByTheClock(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    this.#pace.lookTook(await lookInSlices(this.#looks));
    this.#clock.intervalMs = this.#pace.intervalMs;
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
    await look();
    if (performance.now() - sliceBegan < SLICE_MS) continue;
    tookMs += performance.now() - sliceBegan;
    await setImmediate();
    sliceBegan = performance.now();
  }
  return tookMs + performance.now() - sliceBegan;
}
