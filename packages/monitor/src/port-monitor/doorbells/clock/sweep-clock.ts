import { setImmediate } from 'node:timers/promises';
import { BackOff } from '../../../timing/back-off.js';
import { ClockDoorbell } from './clock.js';

/** How long looks may hold the event loop. */
const SLICE_MS = 5;
/** The cost of a look is the least in so many sweeps. */
const SWEEPS = 8;

/** Looks; undefined if that was done at once. */
type Look = () => Promise<unknown> | undefined;

/** The watch of one of many sites. */
export interface SweptWatch {
  /** Looks now; undefined if nothing has changed and that is known at once. */
  lookUnlessUnchanged(): Promise<unknown> | undefined;
  /** Whether a source answered the last look that was taken. */
  readonly hasAnswered: boolean;
}

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
  readonly #sites = new Map<SweptWatch, SweptSite>();
  readonly #clock: ClockDoorbell;
  /** What one of the looks took in each of the last sweeps, in milliseconds: what all of them cost depends on how many there are. */
  readonly #costs: number[] = [];
  #isSweeping = false;

  constructor(options: SweepClockOptions) {
    const { intervalMs, persistent } = options;
    this.#options = options;
    this.#clock = new ClockDoorbell(intervalMs, { persistent });
  }

  /** From now on this one is looked at, too. */
  join(watch: SweptWatch): void {
    this.#sites.set(watch, new SweptSite(watch));
    if (this.#sites.size === 1) void this.#clock.start(() => void this.#sweep());
  }

  /** From now on this one is not looked at any more. */
  leave(watch: SweptWatch): void {
    if (this.#sites.delete(watch) && this.#sites.size === 0) void this.#clock.stop();
  }

  async #sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    const count = this.#sites.size;
    const looks = [...this.#sites].map(([watch, site]) => () => {
      // It may have left while others were looked at.
      return this.#sites.has(watch) ? site.look() : undefined;
    });
    this.#costs.push((await lookInSlices(looks)) / count);
    if (this.#costs.length > SWEEPS) this.#costs.shift();
    const { intervalMs, cpuShare } = this.#options;
    // The shortest is what a look costs; the others were kept waiting, or had something to find.
    this.#clock.intervalMs = Math.max(intervalMs, (Math.min(...this.#costs) * count) / cpuShare);
    this.#isSweeping = false;
  }
}

/** A site that backs off while it does not answer: others are not to wait for it. */
class SweptSite {
  readonly #watch: SweptWatch;
  readonly #backOff = new BackOff();

  constructor(watch: SweptWatch) {
    this.#watch = watch;
  }

  look(): Promise<void> | undefined {
    if (!this.#backOff.isDue) return undefined;
    return this.#watch.lookUnlessUnchanged()?.then(() => this.#noteOutcome());
  }

  #noteOutcome(): void {
    if (this.#watch.hasAnswered) this.#backOff.succeeded();
    else this.#backOff.failed();
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
