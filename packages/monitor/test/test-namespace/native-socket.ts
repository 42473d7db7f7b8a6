import { closeSync, fstatSync } from 'node:fs';
import koffi from 'koffi';
import { parseAddress } from '../../src/address.js';
import type { BoundSocket, Family, Protocol } from '../../src/listener.js';

const libc = koffi.load(null);
const nativeSocket = libc.func('int socket(int, int, int)');
const nativeBind = libc.func('int bind(int, void *, uint32_t)');
const nativeListen = libc.func('int listen(int, int)');
const nativeConnect = libc.func('int connect(int, void *, uint32_t)');
const nativeSetsockopt = libc.func('int setsockopt(int, int, int, void *, uint32_t)');
const nativeGetsockname = libc.func('int getsockname(int, void *, void *)');
const nativeUnshare = libc.func('int unshare(int)');
const nativeIfNametoindex = libc.func('unsigned int if_nametoindex(const char *)');

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
/** Else programs that are started meanwhile hold the socket too, and it outlives its end in the test. */
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEPORT = 15;
const SO_BINDTODEVICE = 25;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const CLONE_NEWNET = 0x40000000;

/** The socket to open. If the port is 0, the kernel chooses it. */
export interface SocketPlan {
  readonly protocol: Protocol;
  readonly family: Family;
  readonly address: string;
  readonly port: number;
  readonly reusePort?: boolean;
  readonly device?: string | null;
  /** The zone of a link-local address. */
  readonly zone?: string | null;
  readonly v6Only?: boolean;
  /** TCP: the backlog to listen with. If it is null, the socket is bound and never listens. */
  readonly backlog?: number | null;
  /** UDP: connect to this port of the same address. A connected socket is no listener. */
  readonly connectTo?: number;
}

/** A socket that was opened, and what a source should tell of it. */
export interface NativeSocket extends Disposable {
  /** False for a TCP socket that is only bound, and for a UDP socket that is connected. */
  readonly listens: boolean;
  readonly bound: Omit<BoundSocket, 'cgroup' | 'backlog' | 'pids'>;
}

/** Opens a real socket with options that node:net does not have. If it fails, the error's message is the errno's name. */
export function openSocket(plan: SocketPlan): NativeSocket {
  const family = plan.family === 4 ? AF_INET : AF_INET6;
  const type = plan.protocol === 'tcp' ? SOCK_STREAM : SOCK_DGRAM;
  const fd = check(nativeSocket(family, type | SOCK_CLOEXEC, 0));
  try {
    if (plan.reusePort) setOption(fd, SOL_SOCKET, SO_REUSEPORT, int(1));
    if (plan.device) setOption(fd, SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${plan.device}\0`));
    if (plan.family === 6 && plan.v6Only !== undefined) {
      setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, int(plan.v6Only ? 1 : 0));
    }
    const scope = plan.zone ? nativeIfNametoindex(plan.zone) : 0;
    const address = socketAddress(plan.family, plan.address, plan.port, scope);
    check(nativeBind(fd, address, address.length));
    if (plan.protocol === 'tcp' && plan.backlog != null) check(nativeListen(fd, plan.backlog));
    if (plan.connectTo !== undefined) {
      const peer = socketAddress(plan.family, plan.address, plan.connectTo, scope);
      check(nativeConnect(fd, peer, peer.length));
    }
    const listens = plan.protocol === 'tcp' ? plan.backlog != null : plan.connectTo === undefined;
    return { listens, bound: describe(fd, plan), [Symbol.dispose]: () => closeSync(fd) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Puts the calling thread, and all processes that it starts, into a new network namespace. Needs root. */
export function enterNewNetworkNamespace(): void {
  check(nativeUnshare(CLONE_NEWNET));
}

function describe(fd: number, plan: SocketPlan): NativeSocket['bound'] {
  const address = Buffer.alloc(28);
  check(nativeGetsockname(fd, address, int(address.length)));
  const isWildcard = plan.family === 6 && plan.address === '::';
  const isMapped = plan.address.startsWith('::ffff:');
  return {
    protocol: plan.protocol,
    family: plan.family,
    address: plan.address,
    port: address.readUInt16BE(2),
    inode: fstatSync(fd).ino,
    uid: process.getuid?.() ?? 0,
    interface: plan.device ?? plan.zone ?? null,
    // A socket bound to one IPv6 address can't carry IPv4 (inet6_bind() in net/ipv6/af_inet6.c).
    v6Only: plan.family === 4 ? null : isWildcard ? (plan.v6Only ?? false) : !isMapped,
    backlogLimit: plan.protocol === 'tcp' ? (plan.backlog ?? null) : null,
  };
}

function socketAddress(family: Family, text: string, port: number, scope: number): Buffer {
  const bytes = parseAddress(text)?.bytes;
  if (bytes === undefined) throw new TypeError(`no address: ${text}`);
  const address = Buffer.alloc(family === 4 ? 16 : 28);
  address.writeUInt16LE(family === 4 ? AF_INET : AF_INET6, 0);
  address.writeUInt16BE(port, 2);
  address.set(bytes, family === 4 ? 4 : 8);
  if (family === 6) address.writeUInt32LE(scope, 24);
  return address;
}

function setOption(fd: number, level: number, name: number, value: Buffer): void {
  check(nativeSetsockopt(fd, level, name, value, value.length));
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function check(result: number): number {
  if (result >= 0) return result;
  const errno = koffi.errno();
  const [name] = Object.entries(koffi.os.errno).find(([, number]) => number === errno) ?? [`errno ${errno}`];
  throw new Error(name);
}
