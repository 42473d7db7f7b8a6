import { performance } from 'node:perf_hooks';
import type { Libc } from '../kernel/calls.js';
import { NetlinkSocket } from '../kernel/netlink-socket.js';
import { UnchangedDump } from '../sources/netlink/unchanged-dump.js';
import { Pace } from '../timing/pace.js';
import type { Subject } from './poll-messages.js';

/** How many dumps after an affordable one are not measured: to read the clock twice costs a seventh of a dump. */
const UNMEASURED = 15;

/** Dumps the kernel's listening sockets at an interval. All times are of `performance.now()`, in milliseconds. */
export class TimedDump {
  readonly fd: number;
  readonly #dump: UnchangedDump;
  readonly #pace: Pace;
  /** How many more dumps are not measured. */
  #unmeasured = 0;
  #lastTookMs = 0;
  /** When the next dump is to be taken. */
  dueAt = 0;
  /** When the last dump was complete. One that was not measured counts as no slower than the last that was. */
  takenAt = 0;

  constructor(libc: Libc, { fd, intervalMs, cpuShare }: Extract<Subject, { kind: 'dump' }>) {
    this.fd = fd;
    this.#dump = new UnchangedDump(new NetlinkSocket(libc, fd));
    this.#pace = new Pace(intervalMs, cpuShare);
  }

  /** Makes the next dump differ from the last one. */
  forget(): void {
    this.#dump.forget();
  }

  /** More has come than was asked for: the next dump is due now, and differs from the last one. */
  sawMore(): void {
    this.forget();
    this.dueAt = 0;
  }

  /**
   * Takes a dump.
   *
   * @returns true when it differs from the last one, as the first dump does
   * @throws SourceError when it fails
   */
  hasChanged(now: number): boolean {
    const isMeasured = this.#unmeasured === 0;
    const beganAt = isMeasured ? performance.now() : now;
    const hasChanged = this.#dump.hasChanged();
    this.takenAt = isMeasured ? performance.now() : now + this.#lastTookMs;
    // A dump that has changed does not slow the next ones down.
    if (isMeasured && !hasChanged) {
      this.#lastTookMs = this.takenAt - beganAt;
      this.#pace.lookTook(this.#lastTookMs);
    }
    if (!isMeasured) this.#unmeasured--;
    else if (this.#pace.isAffordable) this.#unmeasured = UNMEASURED;
    const { intervalMs } = this.#pace;
    // A thread that was kept waiting does not make up for the dumps that it missed.
    this.dueAt = Math.max(this.dueAt + intervalMs, beganAt + intervalMs / 2);
    return hasChanged;
  }
}
