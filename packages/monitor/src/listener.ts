import { SELF } from './kernel/namespaces/network-namespace.js';
import { includesPort, type PortRange } from './port-range.js';
import { containerOf, unitOf } from './processes/parse-cgroup.js';
import type { Process } from './processes/process.js';

export { SELF };

/** The transport protocols that are looked at. */
export type Protocol = 'tcp' | 'udp';

/** The address family: 4 for IPv4, 6 for IPv6. */
export type Family = 4 | 6;

/**
 * Who holds a socket open: a process (listed in {@link Listener.processes}), the kernel itself (a VXLAN port,
 * say), or `hidden`: somebody whom this process may not look at or can't see from its pid namespace.
 */
export type SocketHolder = 'process' | 'kernel' | 'hidden';

/** One socket behind a listener. What the source that saw it can't know is null. */
export interface ListenerSocket {
  /** The socket's inode, as in the `socket:[…]` links of /proc/PID/fd. */
  readonly inode: number | null;
  /** The user who made the socket. */
  readonly uid: number | null;
  /** The device it is bound to (SO_BINDTODEVICE, or the zone of a link-local address). */
  readonly interface: string | null;
  /** IPV6_V6ONLY: false for a dual-stack socket, null for an IPv4 one. */
  readonly v6Only: boolean | null;
  /** TCP: connections that wait to be accepted. UDP: bytes that wait to be read. */
  readonly backlog: number | null;
  /** TCP: how many connections may wait (the second argument of listen()). UDP has none. */
  readonly backlogLimit: number | null;
  /** The path of its cgroup in the cgroup v2 hierarchy, `/system.slice/ssh.service`. */
  readonly cgroup: string | null;
  /** The systemd unit of that cgroup, `ssh.service`. */
  readonly unit: string | null;
  /** The id of the container of that cgroup. */
  readonly container: string | null;
  /** The pids of its holders among {@link Listener.processes}; null if nobody looked. */
  readonly pids: readonly number[] | null;
  /** Who holds it; null if nobody looked, or if that can't be told: it was closed meanwhile, or no descriptor leads to it. */
  readonly holder: SocketHolder | null;
}

/** An endpoint that is listened on. Place, protocol, family, address and port are its identity. */
export interface Listener {
  /** Where it is: `self` in this process's network namespace, else as it was asked for: `docker:web`, `ssh:me@host`. */
  readonly place: string;
  readonly protocol: Protocol;
  readonly family: Family;
  /** Canonical text: RFC 5952 for IPv6, `::ffff:127.0.0.1` for a v4-mapped one. */
  readonly address: string;
  readonly port: number;
  /** A UDP socket on a port that the kernel gives to whoever asks for any: mostly a client's. */
  readonly ephemeral: boolean;
  /** By inode; several with SO_REUSEPORT, or when bound to several devices. */
  readonly sockets: readonly ListenerSocket[];
  /** By pid; null if nobody looked (see {@link ListenerSocket.holder} for those that can't be seen). */
  readonly processes: readonly Process[] | null;
  /** The names of its owners, nearest first: those of all its processes ({@link Process.owners}) and of its sockets' cgroups. */
  readonly owners: readonly string[];
}

/** What a source says of one socket: the endpoint it is bound to, and the socket. */
export interface BoundSocket extends Omit<ListenerSocket, 'unit' | 'container' | 'holder'> {
  readonly protocol: Protocol;
  readonly family: Family;
  readonly address: string;
  readonly port: number;
}

/** What a source can tell of a socket: its endpoint, and whatever else it knows. */
export type KnownSocket = Pick<BoundSocket, 'protocol' | 'family' | 'address' | 'port'> &
  Partial<BoundSocket>;

/**
 * A socket of which a source tells so much; the rest is null. (To spread an object of nulls reads better, and takes ten times
 * as long.)
 */
export function boundSocket(known: KnownSocket): BoundSocket {
  return {
    protocol: known.protocol,
    family: known.family,
    address: known.address,
    port: known.port,
    inode: known.inode ?? null,
    uid: known.uid ?? null,
    interface: known.interface ?? null,
    v6Only: known.v6Only ?? null,
    backlog: known.backlog ?? null,
    backlogLimit: known.backlogLimit ?? null,
    cgroup: known.cgroup ?? null,
    pids: known.pids ?? null,
  };
}

const NOBODY: readonly string[] = [];

/** What tells one listener from another. */
export type Endpoint = Pick<Listener, 'place' | 'protocol' | 'family' | 'address' | 'port'>;

/** A text that is equal for two listeners exactly when they are the same endpoint: `tcp [::1]:631`, `docker:web tcp [::1]:631`. */
export function listenerKey(endpoint: Endpoint): string {
  const { place, protocol } = endpoint;
  return `${place === SELF ? '' : `${place} `}${protocol} ${formatEndpoint(endpoint)}`;
}

/** Address and port as people write them: `127.0.0.1:80`, `[::1]:80`. */
export function formatEndpoint({ family, address, port }: Omit<Endpoint, 'place' | 'protocol'>): string {
  return family === 4 ? `${address}:${port}` : `[${address}]:${port}`;
}

/** The order of listeners everywhere: by port, then protocol (tcp first), then family, then address text, then place. */
export function compareListeners(a: Endpoint, b: Endpoint): number {
  const order = compareEndpoints(a, b);
  if (order !== 0 || a.place === b.place) return order;
  return a.place < b.place ? -1 : 1;
}

function compareEndpoints(a: Omit<Endpoint, 'place'>, b: Omit<Endpoint, 'place'>): number {
  if (a.port !== b.port) return a.port - b.port;
  if (a.protocol !== b.protocol) return a.protocol < b.protocol ? -1 : 1;
  if (a.family !== b.family) return a.family - b.family;
  if (a.address === b.address) return 0;
  return a.address < b.address ? -1 : 1;
}

/**
 * The listener of an endpoint, among listeners in the order of {@link compareListeners}. Who asks for a few of thousands so
 * makes no key of each.
 */
export function findListener(listeners: readonly Listener[], endpoint: Endpoint): Listener | undefined {
  let from = 0;
  let to = listeners.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const listener = listeners[middle] as Listener;
    const order = compareListeners(listener, endpoint);
    if (order === 0) return listener;
    if (order < 0) from = middle + 1;
    else to = middle;
  }
  return undefined;
}

/**
 * Gathers sockets into listeners, in the order of {@link compareListeners}; a socket seen twice counts once.
 *
 * @param where the place that they are at, and the ports that its kernel gives to whoever asks for any
 */
export function groupSockets(
  found: Iterable<BoundSocket>,
  { place = SELF, ephemeral }: { readonly place?: string; readonly ephemeral?: PortRange | undefined } = {},
): Listener[] {
  const ordered = [...found].sort(compareSockets);
  const listeners: Listener[] = [];
  let previous: BoundSocket | undefined;
  let sockets: ListenerSocket[] = [];
  const within = rememberedCgroups();
  for (const socket of ordered) {
    if (previous === undefined || compareEndpoints(previous, socket) !== 0) {
      sockets = [];
      const { protocol, family, address, port } = socket;
      listeners.push({
        place,
        protocol,
        family,
        address,
        port,
        ephemeral: protocol === 'udp' && ephemeral !== undefined && includesPort(ephemeral, port),
        sockets,
        processes: null,
        owners: NOBODY,
      });
    } else if (socket.inode !== null && socket.inode === previous.inode) {
      continue;
    }
    sockets.push({
      inode: socket.inode,
      uid: socket.uid,
      interface: socket.interface,
      v6Only: socket.v6Only,
      backlog: socket.backlog,
      backlogLimit: socket.backlogLimit,
      cgroup: socket.cgroup,
      ...within(socket.cgroup),
      pids: socket.pids,
      holder: null,
    });
    previous = socket;
  }
  return listeners;
}

/** What the paths of cgroups name. Thousands of sockets are in a handful of them. */
function rememberedCgroups(): (cgroup: string | null) => Pick<ListenerSocket, 'unit' | 'container'> {
  const known = new Map<string, Pick<ListenerSocket, 'unit' | 'container'>>();
  return (cgroup) => {
    if (cgroup === null) return { unit: null, container: null };
    const named = known.get(cgroup) ?? { unit: unitOf(cgroup), container: containerOf(cgroup) };
    known.set(cgroup, named);
    return named;
  };
}

function compareSockets(a: BoundSocket, b: BoundSocket): number {
  return compareEndpoints(a, b) || (a.inode ?? 0) - (b.inode ?? 0);
}
