import type { Listener, ListenerSocket } from '../listener.js';
import type { Holders } from '../processes/holders/find-holders.js';
import type { Process } from '../processes/process.js';
import { readProcess } from '../processes/read-process.js';

/** The listener with further holders of its sockets; those that have ended meanwhile are none. */
export function addHolders(listener: Listener, found: Holders['pids']): Listener {
  const processes = new Map(listener.processes?.map((each) => [each.pid, each]));
  const isProcess = (pid: number) => {
    const process = processes.get(pid) ?? readProcess(pid);
    if (process !== null) processes.set(pid, process);
    return process !== null;
  };
  const sockets = listener.sockets.map((socket): ListenerSocket => {
    const added = [...((socket.inode !== null && found.get(socket.inode)) || [])].filter(isProcess);
    const pids = [...new Set([...(socket.pids ?? []), ...added])];
    return added.length === 0 ? socket : { ...socket, pids, holder: 'process' };
  });
  return { ...listener, sockets, processes: inOrder(processes.values()) };
}

/** The listener without some of its holders. */
export function withoutHolders(listener: Listener, pids: ReadonlySet<number>): Listener {
  const sockets = listener.sockets.map((socket): ListenerSocket => {
    const left = socket.pids?.filter((pid) => !pids.has(pid)) ?? null;
    return { ...socket, pids: left, holder: left?.length === 0 ? null : socket.holder };
  });
  const processes = listener.processes?.filter(({ pid }) => !pids.has(pid)) ?? null;
  return { ...listener, sockets, processes };
}

function inOrder(processes: Iterable<Process>): Process[] {
  return [...processes].sort((a, b) => a.pid - b.pid);
}
