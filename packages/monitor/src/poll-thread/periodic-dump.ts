import { performance } from 'node:perf_hooks';
import type { Libc } from '../kernel/libc.js';
import { ListenerDump } from '../sources/netlink/listener-dump.js';
import { Pace } from './pace.js';
import type { Subject } from './poll-messages.js';

/** The kernel's listening sockets, dumped at an interval. Its times are those of `performance.now()`. */
export class PeriodicDump {
  readonly #dump: ListenerDump;
  readonly #pace: Pace;
  /** When the next one is to be taken. */
  dueAt = 0;
  /** When the last one was complete. */
  takenAt = 0;

  constructor(libc: Libc, { fd, intervalMs, cpuShare }: Extract<Subject, { kind: 'dump' }>) {
    this.#dump = new ListenerDump(libc, fd);
    this.#pace = new Pace(intervalMs, cpuShare);
  }

  /** Has the next one differ from the last. */
  forget(): void {
    this.#dump.forget();
  }

  /**
   * Takes it, and tells whether it differs from the last one. So does the first.
   *
   * @throws SourceError where it fails
   */
  hasChanged(now: number): boolean {
    const hasChanged = this.#dump.take();
    this.takenAt = performance.now();
    // Where there is something to see it is not looked at less often.
    if (!hasChanged) this.#pace.lookTook(this.takenAt - now);
    const { intervalMs } = this.#pace;
    // A thread that was kept waiting does not make up for what it missed.
    this.dueAt = Math.max(this.dueAt + intervalMs, now + intervalMs / 2);
    return hasChanged;
  }
}
