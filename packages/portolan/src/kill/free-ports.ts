import { type Listener, listListeners, PortMonitor, type SourceName } from '@portolan/monitor';
import { Deadline } from '../deadline.js';
import { processText } from '../render/process-name.js';
import { tell } from '../standard-streams.js';
import { until } from '../until.js';
import { signalProcess } from './end-process.js';
import type { Plan } from './plan.js';
import { socketIds } from './socket-ids.js';

/** How long the kernel may take to close what a killed process had open. */
const KILL_MS = 2000;
/** So long a freed port is watched: a supervisor starts another process in place of the one that ended. */
const RESTART_MS = 300;

/** How to free ports. */
export interface FreeOptions {
  readonly sources: 'auto' | readonly SourceName[];
  /** How long the processes have to end by themselves. */
  readonly graceMs: number;
  readonly interrupted: AbortSignal;
}

/**
 * Ends processes until nobody holds the sockets any more that they were seen with. A process that has let go of its
 * port and takes its time with the rest is not killed.
 */
export async function freePorts(plan: Plan, options: FreeOptions): Promise<void> {
  const { sources, graceMs, interrupted } = options;
  const monitor = new PortMonitor({
    sources,
    // Who comes anew to the port is looked up afterwards: an event should not wait for that.
    processes: false,
    // For these few seconds a slow source (lsof on macOS) may take what it needs.
    cpuShare: 1,
    filter: { ports: plan.listeners.map(({ port }) => ({ from: port, to: port })) },
  });
  const within = async (ms: number, holds: (sockets: SocketIds) => boolean) => {
    const deadline = new Deadline(ms, interrupted);
    const held = await until(monitor, () => holds(socketIds(monitor.listeners())), deadline.signal);
    deadline.clear();
    return held;
  };
  const doomed = socketIds(plan.listeners);
  const areClosed = (sockets: SocketIds) => ![...sockets].some((socket) => doomed.has(socket));
  try {
    await monitor.start();
    const known = socketIds(monitor.listeners());
    for (const target of plan.targets) signalProcess(target, 'SIGTERM');
    if (!(await within(graceMs, areClosed)) && !interrupted.aborted) {
      await killHolders(plan, doomed, options);
      await within(KILL_MS, areClosed);
    }
    await within(RESTART_MS, (sockets) => [...sockets].some((socket) => !known.has(socket)));
  } finally {
    await monitor.stop();
  }
}

type SocketIds = ReadonlySet<number | string>;

async function killHolders(plan: Plan, doomed: SocketIds, options: FreeOptions): Promise<void> {
  const { listeners } = await listListeners({ sources: options.sources });
  const holders = listeners
    .filter((listener) => hasAny(listener, doomed))
    .flatMap(({ processes }) => processes ?? []);
  for (const target of plan.targets) {
    if (!holders.some(({ pid }) => pid === target.pid)) continue;
    if (signalProcess(target, 'SIGKILL') !== 'sent') continue;
    tell(`${processText(target)} did not end within ${options.graceMs / 1000} s, and was killed`);
  }
}

function hasAny(listener: Listener, doomed: SocketIds): boolean {
  return [...socketIds([listener])].some((socket) => doomed.has(socket));
}
