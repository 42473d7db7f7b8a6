import type { Listener, ListenerSocket, Process } from '@portolan/monitor';

/** A TCP listener on 127.0.0.1:3000 that nobody looked behind. What is given replaces that. */
export function listener(
  given: Partial<Omit<Listener, 'sockets'>> & { readonly sockets?: readonly Partial<ListenerSocket>[] } = {},
): Listener {
  const { sockets = [{}], ...rest } = given;
  return {
    place: 'self',
    protocol: 'tcp',
    family: 4,
    address: '127.0.0.1',
    port: 3000,
    ephemeral: false,
    processes: null,
    owners: [],
    ...rest,
    sockets: sockets.map(socket),
  };
}

/** A listener whose sockets are held by these processes. */
export function heldListener(
  processes: readonly Process[],
  given: Partial<Omit<Listener, 'sockets' | 'processes'>> = {},
): Listener {
  return listener({ ...given, processes, sockets: [{ holder: 'process' }] });
}

/** A process, `node` with pid 812 of user 1000. What is given replaces that. */
export function processOf(given: Partial<Process> = {}): Process {
  return {
    pid: 812,
    namespacePid: given.pid ?? 812,
    parentPid: 1,
    name: 'node',
    commandLine: ['node', 'server.js'],
    executable: '/usr/bin/node',
    uid: 1000,
    user: 'ada',
    startedAt: new Date('2026-11-24T03:00:00Z'),
    startTicks: 100,
    workingDirectory: '/srv',
    container: null,
    unit: null,
    cgroup: null,
    leadsTo: null,
    owners: [],
    ...given,
  };
}

function socket(given: Partial<ListenerSocket>): ListenerSocket {
  return {
    inode: 1000,
    uid: 1000,
    interface: null,
    v6Only: null,
    backlog: 0,
    backlogLimit: 511,
    cgroup: null,
    unit: null,
    container: null,
    pids: null,
    holder: null,
    ...given,
  };
}
