import { PortMonitor, type PortRange, SELF } from '@portolan/monitor';
import { runChild } from '../../children/run-child.js';
import { ExitStatus, signalStatus } from '../../exit/exit-status.js';
import { Interruption } from '../../exit/interruption.js';
import { toFilter } from '../../options/filters.js';
import { UsageError } from '../../options/usage-error.js';
import { tell } from '../../render/tell.js';
import { startMonitor, unseenLines } from '../../render/unseen-places.js';
import { Deadline } from '../../waiting/deadline.js';
import { WATCHED_SHARE } from '../../waiting/watched-share.js';
import { PortWait } from './port-wait.js';
import { ProgressLine } from './progress-line.js';
import type { WaitOptions } from './wait-options.js';

/** Waits until all ports listen, or none does, and then runs the command if there is one. */
export async function wait(
  ports: readonly PortRange[],
  options: WaitOptions,
  command: readonly string[],
): Promise<ExitStatus> {
  checkReach(options);
  const interruption = new Interruption();
  let shortcoming: string | undefined;
  try {
    shortcoming = await waitForPorts(ports, options, interruption.signal);
  } finally {
    interruption.end();
  }
  if (interruption.status !== undefined) return interruption.status;
  if (shortcoming !== undefined) {
    tell(`gave up after ${options.timeout / 1000} s: ${shortcoming}`);
    return ExitStatus.nothingMatched;
  }
  if (command.length === 0) return ExitStatus.found;
  const { status, signal } = await runChild(command);
  return signal === null ? status : signalStatus(signal);
}

/** Waits, and returns what was still missing when it gave up, or undefined if nothing was. */
async function waitForPorts(
  ports: readonly PortRange[],
  options: WaitOptions,
  interrupted: AbortSignal,
): Promise<string | undefined> {
  // Only TCP can answer HTTP: a UDP socket on the same port does not count.
  const filter = await toFilter(ports, options.http === undefined ? options : { ...options, tcp: true });
  const deadline = new Deadline(options.timeout || Number.POSITIVE_INFINITY, interrupted);
  const monitor = new PortMonitor({
    sources: options.source,
    ...(options.in && { in: options.in }),
    processes: [filter.process, filter.uid, filter.owners].some((asked) => asked !== undefined),
    owners: filter.owners ?? [],
    cpuShare: WATCHED_SHARE,
    filter: { ports },
  });
  const portWait = new PortWait(monitor, { ports, filter, closed: options.closed === true }, options.http);
  try {
    for (const line of unseenLines(await startMonitor(monitor))) tell(line);
    const progress = new ProgressLine(() => `waiting for ${portWait.waitingFor()}`);
    const isDone = await portWait.done(deadline.signal);
    progress.end();
    return isDone ? undefined : portWait.shortcoming();
  } finally {
    deadline.clear();
    await monitor.stop();
  }
}

/** Refuses `--http` for another place, since the addresses of that place mean something else here. */
function checkReach({ http, in: places = [] }: WaitOptions): void {
  const other = places.find((place) => place !== SELF);
  if (http === undefined || other === undefined) return;
  throw new UsageError(
    `--http asks from here, where the ports of ${other} can't be reached: it goes without --in`,
  );
}
