import type { Libc } from '../../../kernel/calls.js';
import { loadLibc } from '../../../kernel/load-libc.js';
import { type NetworkNamespace, OwnNamespace } from '../../../kernel/namespaces/network-namespace.js';
import { NetlinkError, NetlinkSocket, NOTHING_WAITS } from '../../../kernel/netlink-socket.js';
import type { Watch } from '../../../poll-thread/poll-thread.js';
import { watchOwn } from '../../../poll-thread/watch-own.js';
import { NETLINK_SOCK_DIAG } from '../../../sources/netlink/inet-diag.js';
import type { Doorbell, DoorbellOptions, OnFailure, Ring } from '../doorbell.js';
import { DoorbellError, doorbellErrorFrom } from '../doorbell.js';
import { listenerFilter } from './listener-filter.js';

/** enum sknetlink_groups (include/uapi/linux/sock_diag.h). */
const SKNLGRP_INET_TCP_DESTROY = 1;
const SKNLGRP_INET_UDP_DESTROY = 2;
const SKNLGRP_INET6_TCP_DESTROY = 3;
const SKNLGRP_INET6_UDP_DESTROY = 4;
const GROUPS = [
  SKNLGRP_INET_TCP_DESTROY,
  SKNLGRP_INET_UDP_DESTROY,
  SKNLGRP_INET6_TCP_DESTROY,
  SKNLGRP_INET6_UDP_DESTROY,
];

/** How many messages are taken before the rest waits for the next turn of the event loop. */
const MESSAGES_A_TURN = 1000;

/** What a refusal of the kernel says, by what was refused. */
const REFUSALS = {
  open: 'no netlink socket',
  filter: 'the kernel refused the filter',
  join: 'the kernel refused the destroy groups',
  send: 'the socket failed',
  receive: 'the socket failed',
} as const;

/**
 * Rings when a socket that could be a listener ends, TCP or UDP: the kernel tells the members of the destroy groups of
 * NETLINK_SOCK_DIAG (sock_diag(7)). Needs no privilege but that of entering the namespace. Nothing tells of an opening this
 * way.
 */
export class DestroyDoorbell implements Doorbell {
  readonly name = 'destroy';
  readonly #persistent: boolean;
  readonly #namespace: NetworkNamespace;
  readonly #loadLibc: () => Libc;
  readonly #message = new Uint8Array(1);
  #watch: Watch | undefined;

  constructor(
    { persistent }: DoorbellOptions,
    namespace: NetworkNamespace = new OwnNamespace(),
    load: () => Libc = loadLibc,
  ) {
    this.#persistent = persistent;
    this.#namespace = namespace;
    this.#loadLibc = load;
  }

  async start(ring: Ring, onFailure?: OnFailure): Promise<void> {
    try {
      const libc = this.#loadLibc();
      const socket = this.#namespace.within(libc, () => openGroups(libc));
      this.#watch = watchOwn(
        libc,
        { kind: 'readable', fd: socket.fd },
        {
          persistent: this.#persistent,
          onReady: () => this.#drain(socket, ring, onFailure),
          onFailure: (error) => onFailure?.(doorbellErrorFrom('destroy', error)),
        },
      );
    } catch (error) {
      throw failureFrom(error);
    }
  }

  async stop(): Promise<void> {
    await this.#watch?.close();
  }

  /** Only that there were messages matters. It is no harm that some were lost: a look finds what they were about. */
  #drain(socket: NetlinkSocket, ring: Ring, onFailure: OnFailure | undefined): void {
    try {
      for (let i = 0; i < MESSAGES_A_TURN; i++) if (socket.receive(this.#message) === NOTHING_WAITS) break;
    } catch (error) {
      void this.#watch?.close();
      onFailure?.(failureFrom(error));
      return;
    }
    ring();
  }
}

function openGroups(libc: Libc): NetlinkSocket {
  const socket = NetlinkSocket.open(libc, NETLINK_SOCK_DIAG);
  try {
    // The filter first, so that nothing comes that it has not seen.
    socket.filter(listenerFilter());
    socket.join(GROUPS.reduce((bits, group) => bits | (1 << (group - 1)), 0));
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

function failureFrom(error: unknown): DoorbellError {
  if (!(error instanceof NetlinkError)) return doorbellErrorFrom('destroy', error);
  return new DoorbellError('destroy', `${REFUSALS[error.operation]} (${error.code})`);
}
