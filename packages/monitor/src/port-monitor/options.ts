import { SELF } from '../listener.js';
import type { OwnerRule } from '../owners/owner-rule.js';
import type { ReaderOptions } from '../places/site-reader.js';
import type { DoorbellChoice } from './doorbells/doorbell.js';
import { type Intervals, intervals } from './doorbells/intervals.js';
import type { PortFilter } from './reporting/port-filter.js';

/** What to watch, and how. */
export interface PortMonitorOptions extends ReaderOptions {
  /**
   * Where to look, one or several: `self` (the default), `all`, `pid:PID`, `netns:NAME`, `docker:NAME`, `podman:NAME`,
   * `exec:COMMAND`, `ssh:HOST`.
   */
  readonly in?: string | readonly string[] | undefined;
  /**
   * How often to look when nothing rings. By default 100; 1000 with the doorbell tracefs, where the kernel tells of all but a
   * UDP socket that nobody bound; and 1000 elsewhere.
   */
  readonly intervalMs?: number | undefined;
  /** The share of a core that looking may cost at most, 0.01 by default: slow sources are asked less often. */
  readonly cpuShare?: number | undefined;
  /** What tells that it is time to look; `auto`, the default, takes the best that this process may have. */
  readonly doorbell?: DoorbellChoice | undefined;
  /** How many events are remembered; 100 by default. */
  readonly history?: number | undefined;
  /** Listeners are reported once they have been open this long; 0 by default. */
  readonly settleMs?: number | undefined;
  /** Whether a started monitor keeps the process alive; true by default. */
  readonly persistent?: boolean | undefined;
  readonly filter?: PortFilter | undefined;
  /** Owners from the start; see {@link PortMonitor.own}. */
  readonly owners?: readonly OwnerRule[] | undefined;
  /** Stops the monitor. */
  readonly signal?: AbortSignal | undefined;
}

/** The options with every default filled in. What depends on the site stays open: see {@link SiteReader}. */
export interface MonitorSettings extends ReaderOptions {
  readonly in: string | readonly string[];
  readonly intervals: Intervals;
  readonly cpuShare: number;
  readonly doorbell: DoorbellChoice;
  readonly history: number;
  readonly settleMs: number;
  readonly persistent: boolean;
  readonly filter: PortFilter;
  readonly owners: readonly OwnerRule[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError for a number that can't be one
 */
export function monitorSettings(options: PortMonitorOptions): MonitorSettings {
  const { sources, processes, logger, signal, intervalMs, cpuShare = 0.01, settleMs = 0 } = options;
  if (intervalMs !== undefined && !(intervalMs >= 1 && intervalMs < 2 ** 31)) {
    throw new RangeError(`intervalMs must be at least 1 and below 2^31, not ${intervalMs}`);
  }
  if (!(cpuShare > 0 && cpuShare <= 1)) {
    throw new RangeError(`cpuShare must be above 0 and at most 1, not ${cpuShare}`);
  }
  if (!(settleMs >= 0 && settleMs < 2 ** 31)) {
    throw new RangeError(`settleMs must be at least 0 and below 2^31, not ${settleMs}`);
  }
  return {
    sources,
    processes,
    logger,
    signal,
    in: options.in ?? SELF,
    intervals: intervals(intervalMs),
    cpuShare,
    doorbell: options.doorbell ?? 'auto',
    history: options.history ?? 100,
    settleMs,
    persistent: options.persistent ?? true,
    filter: options.filter ?? {},
    owners: options.owners ?? [],
  };
}
