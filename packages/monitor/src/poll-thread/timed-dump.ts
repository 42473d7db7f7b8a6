import { performance } from 'node:perf_hooks';
import type { Libc } from '../kernel/calls.js';
import { NetlinkSocket } from '../kernel/netlink-socket.js';
import { UnchangedDump } from '../sources/netlink/unchanged-dump.js';
import { Pace } from '../timing/pace.js';
import type { Subject } from './poll-messages.js';

/** So many dumps follow a measured one that was affordable: to read the clock twice costs a seventh of what a dump does. */
const UNMEASURED = 15;

/** The kernel's listening sockets, dumped at an interval. Its times are those of `performance.now()`. */
export class TimedDump {
  readonly fd: number;
  readonly #dump: UnchangedDump;
  readonly #pace: Pace;
  /** So many more are not measured. */
  #unmeasured = 0;
  #lastTookMs = 0;
  /** When the next one is to be taken. */
  dueAt = 0;
  /** When the last one was complete. Where that was not measured, it is taken to have been no slower than the last that was. */
  takenAt = 0;

  constructor(libc: Libc, { fd, intervalMs, cpuShare }: Extract<Subject, { kind: 'dump' }>) {
    this.fd = fd;
    this.#dump = new UnchangedDump(new NetlinkSocket(libc, fd));
    this.#pace = new Pace(intervalMs, cpuShare);
  }

  /** Has the next one differ from the last. */
  forget(): void {
    this.#dump.forget();
  }

  /** More has come than was asked for: the next one is due, and differs from the last. */
  sawMore(): void {
    this.forget();
    this.dueAt = 0;
  }

  /**
   * Takes it, and tells whether it differs from the last one. So does the first.
   *
   * @throws SourceError where it fails
   */
  hasChanged(now: number): boolean {
    const isMeasured = this.#unmeasured === 0;
    const beganAt = isMeasured ? performance.now() : now;
    const hasChanged = this.#dump.hasChanged();
    this.takenAt = isMeasured ? performance.now() : now + this.#lastTookMs;
    // Where there is something to see it is not looked at less often.
    if (isMeasured && !hasChanged) {
      this.#lastTookMs = this.takenAt - beganAt;
      this.#pace.lookTook(this.#lastTookMs);
    }
    if (!isMeasured) this.#unmeasured--;
    else if (this.#pace.isAffordable) this.#unmeasured = UNMEASURED;
    const { intervalMs } = this.#pace;
    // A thread that was kept waiting does not make up for what it missed.
    this.dueAt = Math.max(this.dueAt + intervalMs, beganAt + intervalMs / 2);
    return hasChanged;
  }
}
