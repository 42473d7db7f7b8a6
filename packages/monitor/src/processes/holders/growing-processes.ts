import { setTimeout as sleep } from 'node:timers/promises';
import { ticksNow, USER_HZ } from '../clock-ticks.js';
import type { ProcessState } from '../parse-stat.js';
import { parseSwitches } from '../parse-status.js';
import { readProcFile } from '../read-proc-file.js';
import { readState, STATUS_LIMIT } from '../read-process.js';

/** Who sleeps for so long without a break waits for work. It is never long asleep on the way to another program. */
const ASLEEP_MS = 30;
/** Who neither sleeps for that long nor has run another program after this time is taken for a worker at work. */
const YOUNG_MS = 1000;
/** How often growing processes are looked at, and for how long at most. */
const GROWING_MS = 10;
const GROWING_LIMIT_MS = 60;

/** A sleep that was seen. */
interface Sleep {
  /** How often the process had given up its CPU by then: this changes whenever it wakes and sleeps again. */
  readonly switches: number;
  /** On the clock of `performance.now()`. */
  readonly since: number;
}

/**
 * Waits a moment for processes that may have been forked to run another program, and gives those of whom it can't be told yet
 * whether they were.
 *
 * @throws the signal's reason if it was aborted
 */
export async function stillGrowing(
  pids: readonly number[],
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const sleeps = new Map<number, Sleep>();
  const isGrowing = (pid: number) => mayGrow(pid) && !hasSlept(pid, sleeps);
  const limit = performance.now() + GROWING_LIMIT_MS;
  let growing = pids.filter(isGrowing);
  while (growing.length > 0 && performance.now() < limit) {
    await sleep(GROWING_MS, undefined, { signal }).catch(() => signal?.throwIfAborted());
    growing = growing.filter(isGrowing);
  }
  return growing;
}

/**
 * Whether a process had been forked so short a time ago that it may have been growing.
 *
 * @param atTicks when, in clock ticks since boot
 */
export function isYoung(
  { startTicks }: Pick<ProcessState, 'startTicks'>,
  atTicks: number = ticksNow(),
): boolean {
  // A container may be told another time since boot than its processes: their age can't be told then.
  return startTicks > atTicks - (YOUNG_MS * USER_HZ) / 1000 && startTicks <= ticksNow();
}

function mayGrow(pid: number): boolean {
  const state = readState(pid);
  return state !== null && !state.isZombie && state.isUnexeced && isYoung(state);
}

/** How long it has been asleep is seen, not taken from its age: on a busy machine it may have come to its CPU only now. */
function hasSlept(pid: number, sleeps: Map<number, Sleep>): boolean {
  const now = performance.now();
  const status = readProcFile(`/proc/${pid}/status`, STATUS_LIMIT);
  const switches = status === null ? null : parseSwitches(status);
  const isAsleep = switches !== null && readState(pid)?.isSleeping === true;
  const seen = sleeps.get(pid);
  if (isAsleep && seen?.switches === switches) return now - seen.since >= ASLEEP_MS;
  if (isAsleep) sleeps.set(pid, { switches, since: now });
  else sleeps.delete(pid);
  return false;
}
