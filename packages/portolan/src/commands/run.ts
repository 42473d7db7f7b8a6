import { PortMonitor } from '@portolan/monitor';
import type { ExitStatus } from '../exit-status.js';
import { signalStatus } from '../interruption.js';
import { tellLeftovers } from '../run-command/leftovers.js';
import { openPort } from '../run-command/open-port.js';
import { PortLines } from '../run-command/port-lines.js';
import { PortsFile } from '../run-command/ports-file.js';
import { type ChildEnd, runChild } from '../run-command/run-child.js';
import { RunMarker } from '../run-command/run-marker.js';
import { RunPorts } from '../run-command/run-ports.js';
import { say } from '../run-command/say.js';
import type { RunOptions } from './run-definition.js';

/** What looking may cost of a core: a slow source (lsof on macOS) would else be asked too seldom. */
const SHARE = 0.1;

/** Runs a command, and says what it and all that it started listen on. */
export async function run(command: readonly string[], options: RunOptions): Promise<ExitStatus> {
  const marker = new RunMarker();
  const monitor = new PortMonitor({ cpuShare: SHARE, owners: marker.rules });
  let end: ChildEnd;
  try {
    await monitor.start();
    end = await runWatched(command, options, monitor, marker);
  } finally {
    await monitor.stop();
  }
  if (end.signal === null) return end.status;
  process.kill(process.pid, end.signal);
  // Only a signal that Node ignores (SIGPIPE) lets it get here.
  return signalStatus(end.signal);
}

async function runWatched(
  command: readonly string[],
  { portsFile, quiet, clean }: RunOptions,
  monitor: PortMonitor,
  marker: RunMarker,
): Promise<ChildEnd> {
  const file = portsFile === undefined ? undefined : new PortsFile(portsFile, command, say);
  const sayPort = quiet ? () => undefined : say;
  const lines = new PortLines(sayPort);
  const ports = new RunPorts(monitor, marker, (listeners) => {
    const open = listeners.map(openPort);
    lines.update(open);
    file?.update(open);
  });
  const end = await runChild(command, marker.environment, (pid) => file?.started(pid));
  lines.end();
  await tellLeftovers(monitor, ports, { say: sayPort, isToEnd: clean === true });
  file?.update(ports.listeners().map(openPort));
  return end;
}
