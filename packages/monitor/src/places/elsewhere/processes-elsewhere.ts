import type { Listener, ListenerSocket } from '../../listener.js';
import type { Process, SeenProcess } from '../../processes/process.js';

/**
 * The same listeners with the processes that an {@link ElsewhereSource} saw behind them. `holder` is `process` or null, since
 * nobody can tell there what may not be read from what nobody holds. `processes` is null if nobody could look.
 *
 * @param seen what the source told of the processes, by pid
 */
export function processesElsewhere(
  listeners: readonly Listener[],
  seen: ReadonlyMap<number, SeenProcess>,
): Listener[] {
  const holdersOf = ({ pids }: ListenerSocket) => (pids ?? []).map((pid) => seen.get(pid)).filter(isWhole);
  return listeners.map((listener) => {
    const { sockets } = listener;
    const wasLookedAt = sockets.some(({ pids }) => pids !== null);
    const processes = new Set(sockets.flatMap(holdersOf));
    return {
      ...listener,
      sockets: sockets.map((socket) => ({
        ...socket,
        holder: holdersOf(socket).length > 0 ? 'process' : null,
      })),
      processes: wasLookedAt ? [...processes].sort((a, b) => a.pid - b.pid) : null,
    };
  });
}

function isWhole(process: SeenProcess | undefined): process is Process {
  return process !== undefined && 'startTicks' in process;
}
