import { listListeners, type PortRange, SELF } from '@portolan/monitor';
import { runChild } from '../../children/run-child.js';
import { ExitStatus, signalStatus } from '../../exit/exit-status.js';
import { Interruption } from '../../exit/interruption.js';
import { toFilter } from '../../options/filters.js';
import { UsageError } from '../../options/usage-error.js';
import { tell } from '../../render/tell.js';
import { asksForProcesses, pendingPorts, type Wanted } from './pending-ports.js';
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
    // Only TCP can answer HTTP: a UDP socket on the same port does not count.
    const filter = await toFilter(ports, options.http === undefined ? options : { ...options, tcp: true });
    const wanted = { ports, filter, closed: options.closed === true };
    if (!(await isAlready(wanted, options))) {
      const { waitForPorts } = await import('./wait-for-ports.js');
      shortcoming = await waitForPorts(wanted, options, interruption.signal);
    }
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

/**
 * Looks once, which is over before a monitor would be loaded. What takes more than to see which ports are open here is left to
 * the monitor.
 */
async function isAlready(wanted: Wanted, options: WaitOptions): Promise<boolean> {
  if (options.http !== undefined || options.in !== undefined || asksForProcesses(wanted.filter)) return false;
  const { listeners } = await listListeners({ sources: options.source, processes: false });
  return pendingPorts(listeners, wanted).length === 0;
}

/** Refuses `--http` for another place, since the addresses of that place mean something else here. */
function checkReach({ http, in: places = [] }: WaitOptions): void {
  const other = places.find((place) => place !== SELF);
  if (http === undefined || other === undefined) return;
  throw new UsageError(
    `--http asks from here, where the ports of ${other} can't be reached: it goes without --in`,
  );
}
