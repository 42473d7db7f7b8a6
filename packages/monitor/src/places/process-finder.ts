import type { Listener } from '../listener.js';
import { attachProcesses } from '../processes/attach-processes.js';
import { processesElsewhere } from './elsewhere/processes-elsewhere.js';
import type { SharedSearch } from './shared-search.js';
import type { Site } from './site.js';

/** Finds the processes behind the sockets of one site. */
export interface ProcessFinder {
  /** Whether they are processes of this machine, so that this one may be among them. */
  readonly isLocal: boolean;

  /**
   * The same listeners, in the same order, with their processes.
   *
   * @param likely pids to look at first
   * @throws the signal's reason where it was aborted
   */
  attach(listeners: readonly Listener[], likely: readonly number[], signal: AbortSignal): Promise<Listener[]>;
}

/**
 * That of a site. Elsewhere the source has told already what there is to know.
 *
 * @param shared where one search may do for several sites
 */
export function processFinder(site: Site, shared?: SharedSearch): ProcessFinder {
  if (site.kind === 'elsewhere')
    return { isLocal: false, attach: async (listeners) => processesElsewhere(listeners) };
  return {
    isLocal: true,
    attach: (listeners, likely, signal) => {
      const pids = [...likely, ...site.pids];
      if (shared === undefined) return attachProcesses(listeners, pids, signal, () => site.tableInode);
      return shared.attach({ listeners, likely: pids, tableInode: site.tableInode, signal });
    },
  };
}
