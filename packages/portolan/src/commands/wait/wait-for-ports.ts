import { PortMonitor } from '@portolan/monitor';
import { tell } from '../../render/tell.js';
import { startMonitor, unseenLines } from '../../render/unseen-places.js';
import { Deadline } from '../../waiting/deadline.js';
import { WATCHED_SHARE } from '../../waiting/watched-share.js';
import { asksForProcesses, type Wanted } from './pending-ports.js';
import { PortWait } from './port-wait.js';
import { ProgressLine } from './progress-line.js';
import type { WaitOptions } from './wait-options.js';

/** Waits, and returns what was still missing when it gave up, or undefined if nothing was. */
export async function waitForPorts(
  wanted: Wanted,
  options: WaitOptions,
  interrupted: AbortSignal,
): Promise<string | undefined> {
  const { ports, filter } = wanted;
  const deadline = new Deadline(options.timeout || Number.POSITIVE_INFINITY, interrupted);
  const monitor = new PortMonitor({
    sources: options.source,
    ...(options.in && { in: options.in }),
    processes: asksForProcesses(filter),
    owners: filter.owners ?? [],
    cpuShare: WATCHED_SHARE,
    filter: { ports },
    // A place may take long to answer, or never do.
    signal: deadline.signal,
  });
  const portWait = new PortWait(monitor, wanted, options.http);
  try {
    const unseen = await startMonitor(monitor).catch((error: unknown) => {
      if (deadline.signal.aborted) return undefined;
      throw error;
    });
    if (unseen === undefined) return `${portWait.shortcoming()}, and not every place has answered`;
    for (const line of unseenLines(unseen)) tell(line);
    const progress = new ProgressLine(() => `waiting for ${portWait.waitingFor()}`);
    const isDone = await portWait.done(deadline.signal).finally(() => progress.end());
    return isDone ? undefined : portWait.shortcoming();
  } finally {
    deadline.clear();
    await monitor.stop();
  }
}
