import { release } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import type { Libc } from '../kernel/calls.js';
import { loadLibc } from '../kernel/load-libc.js';
import { inNetworkNamespace } from '../kernel/namespaces/enter-namespace.js';
import { isInitialPidNamespace, isInitialUserNamespace } from '../kernel/namespaces/initial-namespaces.js';
import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import { MESSAGES_LOST, NetlinkError, NetlinkSocket, NOTHING_WAITS } from '../kernel/netlink-socket.js';
import { atExit } from '../poll-thread/at-exit.js';
import { type Watch, watch } from '../poll-thread/poll-thread.js';
import { readProcStat } from '../processes/read-process.js';
import {
  CN_IDX_PROC,
  FORK_EVENT_LENGTH,
  type Fork,
  forkFilter,
  ignoreRequest,
  listenRequest,
  NETLINK_CONNECTOR,
  readFork,
} from './fork-event.js';

/** The memory for the queue, in bytes: for some 10,000 forks. By default an ordinary user gets that for some 500. */
const QUEUE_LENGTH = 8 * 1024 * 1024;

/** How long forks gather before they are read, in milliseconds. Readers drain the queue first; it only must not run over. */
const REST_MS = 100;

/** What to call about forks. */
export interface ForkFeedOptions {
  /** Only forks of these processes are told; by default those of all. */
  readonly parents?: readonly number[];
  readonly onFork: (fork: Fork) => void;
  /** Called when all forks up to now were told. */
  readonly onCaughtUp: () => void;
  /** Called when the kernel dropped some. */
  readonly onLoss: () => void;
}

/**
 * Tells of every fork on the machine, by the process connector (Documentation/driver-api/connector.rst). It is open to root,
 * and to everybody since Linux 6.6, but to nobody in a container.
 */
export class ForkFeed {
  readonly #socket: NetlinkSocket;
  readonly #options: ForkFeedOptions;
  readonly #message = new Uint8Array(FORK_EVENT_LENGTH);
  readonly #watch: Watch;
  readonly #forgetExit: () => void;
  #isOver = false;
  #closing: Promise<void> | undefined;

  /** @throws Error with the reason, when this process may not be told */
  constructor(options: ForkFeedOptions) {
    if (!isInitialPidNamespace() || !isInitialUserNamespace())
      throw new Error('the process connector tells only those in the first pid and user namespace');
    if (!isMainThread && !forgetsWhoEnds())
      throw new Error('before Linux 6.6 a thread that is terminated would leave the process connector on');
    this.#options = options;
    const libc = loadLibc();
    const socket = openConnectorAnywhere(libc, forkFilter(options.parents));
    this.#socket = socket;
    this.#forgetExit = atExit(() => ignore(socket));
    try {
      this.#watch = watch(
        { kind: 'readable', fd: socket.fd },
        { persistent: false, onReady: () => this.drain(), restMs: () => REST_MS, onFailure: options.onLoss },
      );
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** Tells of all forks up to now, among them every fork that has returned in its parent. */
  drain(): void {
    if (this.#isOver) return;
    try {
      this.#receiveAll();
    } catch (error) {
      if (error instanceof NetlinkError) return;
      throw error;
    }
    this.#options.onCaughtUp();
  }

  /** Tells of the forks of these processes alone from now on. */
  tellOf(parents: readonly number[]): void {
    if (!this.#isOver) this.#socket.filter(forkFilter(parents));
  }

  #receiveAll(): void {
    for (;;) {
      const length = this.#socket.receive(this.#message);
      if (length === NOTHING_WAITS) return;
      if (length === MESSAGES_LOST) this.#options.onLoss();
      const fork = length > 0 ? readFork(this.#message, length) : undefined;
      if (fork !== undefined) this.#options.onFork(fork);
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.#closing ??= this.#watch.close().then(() => this.#leave());
    await this.#closing;
  }

  #leave(): void {
    this.#forgetExit();
    ignore(this.#socket);
    this.#socket.close();
  }
}

/**
 * Tells the kernel that nobody listens here any more. Before Linux 6.6 it only counts who begins and who ends: the machine would
 * send each event to nobody until it is started again (cn_proc_mcast_ctl(), drivers/connector/cn_proc.c).
 */
function ignore(socket: NetlinkSocket): void {
  try {
    socket.send(ignoreRequest());
  } catch {
    // Whoever was not allowed to listen does not count.
  }
}

/** True when the kernel itself sees that a listener's socket is closed, as Linux 6.6 and newer do. */
function forgetsWhoEnds(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 6);
}

/** The connector speaks in the machine's first network namespace alone. */
function openConnectorAnywhere(libc: Libc, filter: Uint8Array): NetlinkSocket {
  const first = networkNamespaceOf(1);
  if (networkNamespaceOf('self') === first) return openConnector(libc, filter);
  let refusal: unknown;
  // Some machines hide the first process from root, too. Any ancestor that is in its namespace leads there as well.
  for (let pid = process.pid; pid > 0; pid = readProcStat(pid)?.parentPid ?? 0) {
    if (networkNamespaceOf(pid) !== first) continue;
    try {
      return inNetworkNamespace(libc, `/proc/${pid}/ns/net`, () => openConnector(libc, filter));
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

function openConnector(libc: Libc, filter: Uint8Array): NetlinkSocket {
  let socket: NetlinkSocket | undefined;
  try {
    socket = NetlinkSocket.open(libc, NETLINK_CONNECTOR);
    socket.makeRoom(QUEUE_LENGTH);
    socket.filter(filter);
    socket.join(CN_IDX_PROC);
    socket.send(listenRequest());
    return socket;
  } catch (error) {
    socket?.close();
    if (!(error instanceof NetlinkError)) throw error;
    const what = error.operation === 'open' ? 'no process connector' : 'the process connector refused';
    throw new Error(`${what} (${error.code})`, { cause: error });
  }
}
