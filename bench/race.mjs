import { Contestant } from './contestant.mjs';

/** @import { Entry } from './contestants.mjs' */

const MAX_TURNS = 50;
const MIN_LOOKS = 3;
/** What one contestant may take in all, once it has looked often enough. */
const BUDGET_US = 2_000_000;
/** A fast contestant looks more than once in its turn, this long and this often at most. */
const TURN_US = 10_000;
const MAX_LOOKS_A_TURN = 50;
/** Those that are compiled while they run get this long to warm up, if a look is shorter than a turn. */
const WARM_UP_US = 200_000;

/**
 * How the looks of one contestant went; or why they did not.
 *
 * @typedef {object} Result
 * @property {string} name
 * @property {number} [looks]
 * @property {number} [medianUs]
 * @property {number} [meanUs]
 * @property {number} [minUs]
 * @property {number} [p95Us]
 * @property {string} [failure]
 */

/**
 * Has all of them look in turns, so that a drift of the machine meets all of them.
 *
 * @param {readonly Entry[]} entries
 * @param {number} sockets how many listening sockets there are
 * @param {number} [minLooks] each looks so often, however slow it is
 * @returns {Promise<Result[]>}
 */
export async function race(entries, sockets, minLooks = MIN_LOOKS) {
  const runners = entries.map((entry) => new Runner(entry, sockets, minLooks));
  try {
    for (const runner of runners) await runner.warmUp();
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      for (const runner of runners) await runner.takeTurn();
    }
    return runners.map((runner) => runner.result());
  } finally {
    await Promise.all(runners.map((runner) => runner.stop()));
  }
}

class Runner {
  #entry;
  #sockets;
  #minLooks;
  #contestant;
  #looksATurn = 1;
  #spentUs = 0;
  /** @type {number[]} */
  #times = [];
  /** @type {string | undefined} */
  #failure;

  constructor(entry, sockets, minLooks) {
    this.#entry = entry;
    this.#sockets = sockets;
    this.#minLooks = minLooks;
    this.#contestant = new Contestant(entry.command);
  }

  async warmUp() {
    const [first] = await this.#look(1);
    if (first > BUDGET_US / MIN_LOOKS) {
      // Too slow to be thrown away, and there is little to warm up in it.
      this.#add([first]);
      return;
    }
    // The first look loads and opens things; the next one tells how long a look takes.
    let times = await this.#look(1);
    for (let spent = 0; times[0] < TURN_US && spent < WARM_UP_US; ) {
      times = await this.#look(MAX_LOOKS_A_TURN);
      for (const time of times) spent += time;
    }
    if (times.length > 0) this.#looksATurn = clamp(TURN_US / median(times), 1, MAX_LOOKS_A_TURN);
  }

  async takeTurn() {
    if (this.#failure !== undefined) return;
    if (this.#spentUs >= BUDGET_US && this.#times.length >= this.#minLooks) return;
    this.#add(await this.#look(this.#looksATurn));
  }

  /** @returns {Result} */
  result() {
    const { name } = this.#entry;
    if (this.#failure !== undefined) return { name, failure: this.#failure };
    const sorted = this.#times.toSorted((a, b) => a - b);
    return {
      name,
      looks: sorted.length,
      medianUs: median(sorted),
      meanUs: this.#spentUs / sorted.length,
      minUs: sorted[0],
      p95Us: quantile(sorted, 0.95),
    };
  }

  stop() {
    return this.#contestant.stop();
  }

  #add(times) {
    this.#times.push(...times);
    for (const time of times) this.#spentUs += time;
  }

  async #look(looks) {
    if (this.#failure !== undefined) return [];
    try {
      const { microseconds, sockets } = await this.#contestant.look(looks);
      if (this.#entry.counts && sockets !== this.#sockets)
        throw new Error(`saw ${sockets} listening sockets of ${this.#sockets}`);
      return microseconds;
    } catch (error) {
      const { needs } = this.#entry;
      this.#failure = needs === undefined ? error.message : `${error.message} (needs: ${needs})`;
      return [];
    }
  }
}

function median(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return (quantile(sorted, 0.5) + quantile(sorted.toReversed(), 0.5)) / 2;
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function clamp(value, least, most) {
  return Math.max(least, Math.min(most, Math.floor(value)));
}
