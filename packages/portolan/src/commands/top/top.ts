import { PortMonitor } from '@portolan/monitor';
import { ownLineage } from '../../ending/end-process.js';
import { ExitStatus } from '../../exit/exit-status.js';
import type { ListenerFilter } from '../../listeners/listener-filter.js';
import { UserNames } from '../../listeners/user-names.js';
import { areSeveral } from '../../options/places.js';
import { wantedProcesses } from '../../options/sources.js';
import { UsageError } from '../../options/usage-error.js';
import { wantsColor } from '../../render/color.js';
import { startMonitor } from '../../render/unseen-places.js';
import { WATCHED_SHARE } from '../../waiting/watched-share.js';
import { rememberedAncestors } from './ancestors.js';
import { LiveView } from './live-view.js';
import { Screen } from './screen.js';
import type { TopOptions } from './top-options.js';
import { createTopState } from './top-state.js';

/** Shows the listening ports on the whole screen until a key or a signal ends that. */
export async function top(filter: ListenerFilter, options: TopOptions): Promise<ExitStatus> {
  checkTerminal();
  const processes = wantedProcesses(options);
  const monitor = new PortMonitor({
    sources: options.source,
    ...(process.platform === 'darwin' && { cpuShare: WATCHED_SHARE }),
    ...(options.in && { in: options.in }),
    ...(processes !== undefined && { processes }),
    owners: filter.owners ?? [],
    ...(options.interval !== undefined && { intervalMs: options.interval }),
  });
  // Before the screen is taken, so that an error is told in the terminal as it was.
  const unseen = await startMonitor(monitor);
  const state = createTopState({
    sort: options.sort,
    hasPlaces: areSeveral(options),
    users: UserNames.read(),
    ancestorsOf: rememberedAncestors(),
    lineage: ownLineage(),
  });
  const color = wantsColor(process.stdout.isTTY, process.env);
  try {
    await new LiveView(monitor, new Screen(process.stdin, process.stdout), {
      state,
      filter,
      color,
      unseen,
    }).run();
  } finally {
    await monitor.stop();
  }
  return ExitStatus.found;
}

function checkTerminal(): void {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new UsageError('top needs a terminal for its input and output; portolan watch does without');
  if (process.env.TERM === 'dumb')
    throw new UsageError('top needs a terminal that can place its text (TERM is dumb); try portolan watch');
}
