import { PortMonitor } from '@portolan/monitor';
import { type ChildEnd, runChild } from '../../children/run-child.js';
import { type ExitStatus, signalStatus } from '../../exit/exit-status.js';
import { WATCHED_SHARE } from '../../waiting/watched-share.js';
import { tellLeftovers } from './leftovers.js';
import { openPort } from './open-port.js';
import { PortLines } from './port-lines.js';
import { PortsFile } from './ports-file.js';
import { RunMarker } from './run-marker.js';
import type { RunOptions } from './run-options.js';
import { RunPorts } from './run-ports.js';
import { say } from './say.js';

/** Runs a command, and says which ports open and close in it and in all that it starts. */
export async function run(command: readonly string[], options: RunOptions): Promise<ExitStatus> {
  const marker = new RunMarker();
  const monitor = new PortMonitor({ cpuShare: WATCHED_SHARE, owners: marker.rules });
  let end: ChildEnd;
  try {
    await monitor.start();
    end = await runWatched(command, options, monitor, marker);
  } finally {
    await monitor.stop();
  }
  if (end.signal === null) return end.status;
  process.kill(process.pid, end.signal);
  // Only a signal that Node ignores (SIGPIPE) lets the program get here.
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
