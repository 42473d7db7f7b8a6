import type { ReaderOptions } from '../listener-reader.js';
import type { OwnerRule } from '../owners/owner-rule.js';
import type { DoorbellChoice } from './doorbells/site-doorbells.js';
import type { PortFilter } from './reporting/port-filter.js';

/** What to watch, and how. */
export interface PortMonitorOptions extends ReaderOptions {
  /**
   * Where to look, one or several: `self` (the default), `all`, `pid:PID`, `netns:NAME`, `docker:NAME`, `podman:NAME`,
   * `exec:COMMAND`, `ssh:HOST`.
   */
  readonly in?: string | readonly string[];
  /**
   * How often to look when nothing rings; by default 100, and 1000 with the doorbell tracefs, where the kernel tells of all
   * but a UDP socket that nobody bound, and elsewhere.
   */
  readonly intervalMs?: number;
  /** The share of a core that looking may cost at most, 0.01 by default: slow sources are asked less often. */
  readonly cpuShare?: number;
  /** What tells that it is time to look; `auto`, the default, takes the best that this process may have. */
  readonly doorbell?: DoorbellChoice;
  /** How many events are remembered; 100 by default. */
  readonly history?: number;
  /** Listeners are reported once they have been open this long; 0 by default. */
  readonly settleMs?: number;
  /** Whether a started monitor keeps the process alive; true by default. */
  readonly persistent?: boolean;
  readonly filter?: PortFilter;
  /** Owners from the start; see {@link PortMonitor.own}. */
  readonly owners?: readonly OwnerRule[];
  /** Stops the monitor. */
  readonly signal?: AbortSignal;
}

/** @throws RangeError for a number that can't be one */
export function checkOptions({ intervalMs, cpuShare, settleMs }: PortMonitorOptions): void {
  if (intervalMs !== undefined && !(intervalMs >= 1 && intervalMs < 2 ** 31)) {
    throw new RangeError(`intervalMs must be at least 1 and below 2^31, not ${intervalMs}`);
  }
  if (cpuShare !== undefined && !(cpuShare > 0 && cpuShare <= 1)) {
    throw new RangeError(`cpuShare must be above 0 and at most 1, not ${cpuShare}`);
  }
  if (settleMs !== undefined && !(settleMs >= 0 && settleMs < 2 ** 31)) {
    throw new RangeError(`settleMs must be at least 0 and below 2^31, not ${settleMs}`);
  }
}
