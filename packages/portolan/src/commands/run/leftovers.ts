import type { Listener, PortMonitor } from '@portolan/monitor';
import { maySignal, ownLineage } from '../../ending/end-process.js';
import { freePorts } from '../../ending/free-ports.js';
import { planEnd } from '../../ending/plan.js';
import { withPresentHolders } from '../../ending/present-holders.js';
import { Interruption } from '../../exit/interruption.js';
import { tell } from '../../render/tell.js';
import { Deadline } from '../../waiting/deadline.js';
import { until } from '../../waiting/until.js';
import { byEndpoint, openPort, openPortText } from './open-port.js';
import type { RunPorts } from './run-ports.js';

/** How long the processes that the command started may take to end after it. */
const ENDING_MS = 300;
const GRACE_MS = 5000;

/** Says which ports a command left open when it ended, and ends their processes if that is wanted. */
export async function tellLeftovers(
  monitor: PortMonitor,
  ports: RunPorts,
  { say, isToEnd }: { readonly say: (line: string) => void; readonly isToEnd: boolean },
): Promise<void> {
  const interruption = new Interruption();
  try {
    const left = await remaining(monitor, ports, interruption.signal);
    const endpoints = byEndpoint(left.map(openPort));
    for (const open of endpoints.values()) say(`left running  ${openPortText(open)}`);
    if (!isToEnd || left.length === 0) return;
    await endHolders(left, interruption.signal);
    await monitor.refresh();
    const taken = byEndpoint(ports.listeners().map(openPort));
    for (const [endpoint, open] of endpoints) if (!taken.has(endpoint)) say(`ended  ${openPortText(open)}`);
  } finally {
    interruption.end();
  }
}

async function remaining(
  monitor: PortMonitor,
  ports: RunPorts,
  interrupted: AbortSignal,
): Promise<readonly Listener[]> {
  await monitor.refresh();
  const deadline = new Deadline(ENDING_MS, interrupted);
  await until(monitor, () => ports.listeners().length === 0, deadline.signal);
  deadline.clear();
  return withPresentHolders(ports.listeners());
}

/** Ends the holders of listeners, and tells which may not be ended. */
async function endHolders(listeners: readonly Listener[], interrupted: AbortSignal): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  const plan = planEnd(listeners, {
    lineage: ownLineage(),
    isRoot,
    maySignal,
    // Every holder of a port of this run was started by the run, or got the socket from it.
    isAskedFor: () => true,
  });
  for (const obstacle of plan.obstacles) tell(obstacle);
  if (plan.targets.length > 0) await freePorts(plan, { sources: 'auto', graceMs: GRACE_MS, interrupted });
}
