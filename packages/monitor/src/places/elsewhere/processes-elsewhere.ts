import type { Listener, ListenerSocket } from '../../listener.js';
import type { Process } from '../../processes/process.js';
import { holdersSeen, type SeenProcess } from '../../processes/seen-holders.js';

/**
 * The same listeners with the processes that an {@link ElsewhereSource} saw behind them. `holder` is `process` or null, since
 * what can't be read elsewhere can't be told from what nobody holds; `processes` is null where nobody could look.
 */
export function processesElsewhere(listeners: readonly Listener[]): Listener[] {
  return listeners.map((listener) => {
    const { sockets } = listener;
    const wasLookedAt = sockets.some((socket) => holdersSeen(socket) !== undefined);
    const processes = new Map(sockets.flatMap(wholeHolders).map((process) => [process.pid, process]));
    return {
      ...listener,
      sockets: sockets.map((socket) => ({
        ...socket,
        holder: wholeHolders(socket).length > 0 ? 'process' : null,
      })),
      processes: wasLookedAt ? [...processes.values()].sort((a, b) => a.pid - b.pid) : null,
    };
  });
}

function wholeHolders(socket: ListenerSocket): Process[] {
  return (holdersSeen(socket) ?? []).filter(isWhole);
}

function isWhole(process: SeenProcess): process is Process {
  return 'startTicks' in process;
}
