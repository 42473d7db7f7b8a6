import { readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { Libc } from '../kernel/calls.js';
import { loadLibc } from '../kernel/load-libc.js';
import { inNetworkNamespace } from '../kernel/namespaces/enter-namespace.js';
import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import { AF_NETLINK } from '../kernel/netlink-message.js';
import { MSG_DONTWAIT, SOCK_CLOEXEC, SOCK_DGRAM, SOL_SOCKET } from '../kernel/socket-constants.js';
import type { Watch } from '../poll-thread/poll-thread.js';
import { watchOwn } from '../poll-thread/watch-own.js';
import { readStat } from '../processes/read-process.js';
import { isInitialPidNamespace } from '../processes/sees-every-process.js';
import {
  connectorAddress,
  FORK_EVENT_LENGTH,
  type Fork,
  forkFilter,
  listenRequest,
  NETLINK_CONNECTOR,
  readFork,
} from './fork-event.js';

/** The inode of the machine's first user namespace, PROC_USER_INIT_INO (include/linux/proc_ns.h). */
const PROC_USER_INIT_INO = 0xeffffffd;

const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
/** Of memory for the queue: some 10,000 forks. Who is not root gets what net.core.rmem_max allows, by default some 500. */
const QUEUE_LENGTH = 8 * 1024 * 1024;

/** What comes in this time is read at once: who wants to know of it drains the queue first, and it must not run over. */
const REST_MS = 100;

const EMPTY = -constants.errno.EAGAIN;
const OVERFLOW = -constants.errno.ENOBUFS;

/** What is told of forks. */
export interface ForkFeedOptions {
  readonly onFork: (fork: Fork) => void;
  /** All up to now were told. */
  readonly onCaughtUp: () => void;
  /** Some were lost. */
  readonly onLoss: () => void;
}

/**
 * The forks of the machine as they happen, from the process connector (Documentation/driver-api/connector.rst). Root may be
 * told of them, and since Linux 6.6 everybody; from inside a container nobody.
 */
export class ForkFeed {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #options: ForkFeedOptions;
  readonly #message = new Uint8Array(FORK_EVENT_LENGTH);
  readonly #watch: Watch;
  #isOver = false;

  /** @throws Error where this process may not be told, with the reason */
  constructor(options: ForkFeedOptions) {
    if (!isInitialPidNamespace() || !isInitialUserNamespace())
      throw new Error('the process connector tells only those in the first pid and user namespace');
    this.#options = options;
    this.#libc = loadLibc();
    this.#fd = openConnectorAnywhere(this.#libc);
    this.#watch = watchOwn(
      this.#libc,
      { kind: 'readable', fd: this.#fd },
      { persistent: false, onReady: () => this.drain(), restMs: () => REST_MS, onFailure: options.onLoss },
    );
  }

  /** Tells of all forks up to now. A fork that has returned in its parent is among them. */
  drain(): void {
    if (this.#isOver) return;
    for (;;) {
      const received = this.#libc.recv(this.#fd, this.#message, MSG_DONTWAIT);
      if (received === EMPTY) break;
      if (received === OVERFLOW) this.#options.onLoss();
      else if (received < 0 && received !== -constants.errno.EINTR) return;
      const fork = received > 0 ? readFork(this.#message, received) : undefined;
      if (fork !== undefined) this.#options.onFork(fork);
    }
    this.#options.onCaughtUp();
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#watch.close();
  }
}

function isInitialUserNamespace(): boolean {
  return readlinkSync('/proc/self/ns/user') === `user:[${PROC_USER_INIT_INO}]`;
}

/** The connector speaks in the machine's first network namespace alone. */
function openConnectorAnywhere(libc: Libc): number {
  const first = networkNamespaceOf(1);
  if (networkNamespaceOf('self') === first) return openConnector(libc);
  let refusal: unknown;
  // Some machines keep the first process from root too: whoever else is there leads to the same place.
  for (let pid = process.pid; pid > 0; pid = readStat(pid)?.parentPid ?? 0) {
    if (networkNamespaceOf(pid) !== first) continue;
    try {
      return inNetworkNamespace(libc, `/proc/${pid}/ns/net`, () => openConnector(libc));
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

function openConnector(libc: Libc): number {
  const fd = libc.socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR);
  if (fd < 0) throw new Error(`no process connector (${getSystemErrorName(fd)})`);
  const length = new Uint8Array(Int32Array.of(QUEUE_LENGTH / 2).buffer);
  if (libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, length) < 0)
    libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, length);
  for (const call of [
    () => libc.attachFilter(fd, forkFilter()),
    () => libc.bind(fd, connectorAddress()),
    () => libc.send(fd, listenRequest(), 0),
  ]) {
    const result = call();
    if (result >= 0) continue;
    libc.close(fd);
    throw new Error(`the process connector refused (${getSystemErrorName(result)})`);
  }
  return fd;
}
