import { type Listener, listListeners, PortMonitor, type SourceName } from '@portolan/monitor';
import { processText } from '../render/process-name.js';
import { tell } from '../render/tell.js';
import { Deadline } from '../waiting/deadline.js';
import { until } from '../waiting/until.js';
import { signalProcess } from './end-process.js';
import type { Plan } from './plan.js';
import { socketIds } from './socket-ids.js';

/** How long the kernel may take to close what a killed process had open. */
const KILL_MS = 2000;
/** How long a freed port is watched: a supervisor may start another process in place of the one that ended. */
const RESTART_MS = 300;

/** How ports are freed. */
export interface FreeOptions {
  readonly sources: 'auto' | readonly SourceName[];
  /** How long the processes have to end after SIGTERM. */
  readonly graceMs: number;
  readonly interrupted: AbortSignal;
}

/**
 * Ends processes until the sockets that they were seen with are closed. A process that has closed its socket, and only
 * takes long to end, is not killed.
 */
export async function freePorts(plan: Plan, options: FreeOptions): Promise<void> {
  const { sources, graceMs, interrupted } = options;
  const monitor = new PortMonitor({
    sources,
    // Who takes the port afterwards is looked up later: an event should not wait for that.
    processes: false,
    // A slow source (lsof on macOS) may take all it needs for these few seconds.
    cpuShare: 1,
    filter: { ports: plan.listeners.map(({ port }) => ({ from: port, to: port })) },
  });
  const within = async (ms: number, holds: (sockets: SocketIds) => boolean) => {
    const deadline = new Deadline(ms, interrupted);
    const held = await until(monitor, () => holds(socketIds(monitor.listeners())), deadline.signal);
    deadline.clear();
    return held;
  };
  const targeted = socketIds(plan.listeners);
  const areClosed = (sockets: SocketIds) => ![...sockets].some((socket) => targeted.has(socket));
  try {
    await monitor.start();
    const known = socketIds(monitor.listeners());
    for (const target of plan.targets) signalProcess(target, 'SIGTERM');
    if (!(await within(graceMs, areClosed)) && !interrupted.aborted) {
      await killHolders(plan, targeted, options);
      await within(KILL_MS, areClosed);
    }
    await within(RESTART_MS, (sockets) => [...sockets].some((socket) => !known.has(socket)));
  } finally {
    await monitor.stop();
  }
}

type SocketIds = ReadonlySet<number | string>;

async function killHolders(plan: Plan, targeted: SocketIds, options: FreeOptions): Promise<void> {
  const { listeners } = await listListeners({ sources: options.sources });
  const holders = listeners
    .filter((listener) => hasAny(listener, targeted))
    .flatMap(({ processes }) => processes ?? []);
  for (const target of plan.targets) {
    if (!holders.some(({ pid }) => pid === target.pid)) continue;
    if (signalProcess(target, 'SIGKILL') !== 'sent') continue;
    tell(`${processText(target)} did not end within ${options.graceMs / 1000} s, and was killed`);
  }
}

function hasAny(listener: Listener, targeted: SocketIds): boolean {
  return [...socketIds([listener])].some((socket) => targeted.has(socket));
}
