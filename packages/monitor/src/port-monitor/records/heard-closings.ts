import { listenerKey } from '../../listener.js';
import type { SocketEnding } from '../doorbells/destroy-groups/socket-ending.js';
import type { ListenRecord } from '../doorbells/tracefs/parse-trace.js';
import { endpointOf } from './record-endpoint.js';

/**
 * The kernel tells that a socket ended some microseconds after it recorded its closing, in a thread of its own: later if many end,
 * or the machine is busy. So long that is waited for at most.
 */
const HEARING_NS = 2_000_000_000n;

/** What is known of a recorded closing: it was here, that is not yet told, or it will never be. */
export type Hearing = 'heard' | 'waiting' | 'unheard';

interface Waiting {
  /** By time. */
  readonly closings: readonly ListenRecord[];
  /** When ends were heard that may be any of these closings. */
  readonly endings: readonly bigint[];
}

/**
 * Tells which closings were in this network namespace. A record does not say where it was, and the thread that made it may be
 * elsewhere by now, or gone. But the kernel tells here of each socket that ends here, and of no other: so as many closings of an
 * endpoint were here as ends of it are heard.
 */
export class HeardClosings {
  /** By the endpoint. Those that were touched last are the last. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #hearings = new WeakMap<ListenRecord, Hearing>();

  /**
   * @param records new ones, by time, of which the closings count
   * @param endings new ones, by time; the closing of each is among the records by now
   */
  add(records: readonly ListenRecord[], endings: readonly SocketEnding[], nowNs: bigint): void {
    const touched = new Map<string, { closings: ListenRecord[]; endings: bigint[] }>();
    const at = (key: string) => {
      const waiting = touched.get(key) ?? copy(this.#waiting.get(key));
      touched.set(key, waiting);
      return waiting;
    };
    for (const record of records) {
      if (record.type !== 'closed') continue;
      at(listenerKey(endpointOf(record))).closings.push(record);
      this.#hearings.set(record, 'waiting');
    }
    for (const ending of endings) at(listenerKey(endpointOf(ending))).endings.push(ending.heardAtNs);
    for (const [key, waiting] of touched) this.#set(key, this.#match(waiting));
    this.#expire(nowNs - HEARING_NS);
  }

  hearing(record: ListenRecord): Hearing {
    return this.#hearings.get(record) ?? 'unheard';
  }

  /** Nothing of what waits can be told any more. Returns how many closings that are. */
  giveUp(): number {
    let count = 0;
    for (const { closings } of this.#waiting.values()) {
      count += closings.length;
      this.#leave(closings);
    }
    this.#waiting.clear();
    return count;
  }

  /** What of it is still open. */
  #match({ closings, endings }: Waiting): Waiting {
    const lastHeardNs = endings.at(-1);
    if (lastHeardNs === undefined) return { closings, endings };
    const candidates = closings.filter(({ atNs }) => atNs <= lastHeardNs);
    const waiting = isOrdered(candidates, endings.length)
      ? candidates
      : candidates.filter(({ isOwn }) => isOwn);
    const unmatched: bigint[] = [];
    const heard = new Set<ListenRecord>();
    for (const heardAtNs of endings) {
      const next = waiting[heard.size];
      if (next === undefined || next.atNs > heardAtNs) {
        unmatched.push(heardAtNs);
        continue;
      }
      this.#hearings.set(next, 'heard');
      heard.add(next);
    }
    const left = closings.filter((closing) => !heard.has(closing));
    // Else these never listened.
    return { closings: left, endings: waiting.length < candidates.length ? unmatched : [] };
  }

  #expire(sinceNs: bigint): void {
    for (const [key, { closings, endings }] of this.#waiting) {
      if (closings[0] === undefined || closings[0].atNs >= sinceNs) break;
      // An end that was heard may have been that of any closing before it.
      const untilNs = endings.at(-1) ?? sinceNs;
      const isOver = ({ atNs }: ListenRecord) => atNs <= untilNs || atNs < sinceNs;
      this.#leave(closings.filter(isOver));
      this.#set(key, { closings: closings.filter((record) => !isOver(record)), endings: [] });
    }
  }

  #set(key: string, waiting: Waiting): void {
    this.#waiting.delete(key);
    if (waiting.closings.length > 0) this.#waiting.set(key, waiting);
  }

  #leave(closings: readonly ListenRecord[]): void {
    for (const closing of closings) this.#hearings.set(closing, 'unheard');
  }
}

function copy(waiting: Waiting | undefined): { closings: ListenRecord[]; endings: bigint[] } {
  return { closings: [...(waiting?.closings ?? [])], endings: [...(waiting?.endings ?? [])] };
}

/**
 * Whether the ends that were heard are those of the first of these closings, whoever's they are: there are enough of them, or one
 * process closed them all. Else only those count whose thread is here; of the others it can't be told which were.
 */
function isOrdered(closings: readonly ListenRecord[], endCount: number): boolean {
  return closings.length <= endCount || closings.every(({ pid }) => pid === closings[0]?.pid);
}
