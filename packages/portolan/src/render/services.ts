import type { Listener, Process, Protocol, SocketHolder } from '@portolan/monitor';

/** Listeners of one place, protocol and port that belong together: one service on IPv4 and IPv6, say. A row of the table. */
export interface Service {
  readonly place: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly listeners: readonly Listener[];
  /** In the order of pids; null if nobody looked. */
  readonly processes: readonly Process[] | null;
  /** Who else holds its sockets. */
  readonly otherHolders: readonly Exclude<SocketHolder, 'process'>[];
}

/** Groups listeners into services. A service stands where its first listener stood. */
export function groupServices(listeners: readonly Listener[]): Service[] {
  const groups = new Map<string, [Listener, ...Listener[]]>();
  for (const listener of listeners) {
    const key = serviceKey(listener);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [listener]);
    else group.push(listener);
  }
  return [...groups.values()].map((group) => ({
    place: group[0].place,
    protocol: group[0].protocol,
    port: group[0].port,
    listeners: group,
    processes: group[0].processes,
    otherHolders: (['hidden', 'kernel'] as const).filter((holder) =>
      group.some(({ sockets }) => sockets.some((socket) => socket.holder === holder)),
    ),
  }));
}

/**
 * A key that is equal for the listeners of a service. Listeners of the same processes are one service, whatever their
 * addresses. If the processes are not known, only the IPv4 and the IPv6 twin of an address are one, and only with the same
 * user and cgroup.
 */
function serviceKey({ place, protocol, port, address, processes, sockets }: Listener): string {
  const pids = processes?.map(({ pid }) => pid) ?? [];
  const unseen = sockets.filter(({ holder }) => holder !== 'process');
  if (unseen.length === 0) return JSON.stringify([place, protocol, port, pids]);
  const makers = new Set(unseen.map(({ holder, uid, cgroup }) => `${holder} ${uid} ${cgroup}`));
  return JSON.stringify([place, protocol, port, pids, IPV4_TWINS[address] ?? address, [...makers].sort()]);
}

const IPV4_TWINS: Readonly<Record<string, string>> = { '::': '0.0.0.0', '::1': '127.0.0.1' };
