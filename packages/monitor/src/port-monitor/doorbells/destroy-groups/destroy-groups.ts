import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { Libc } from '../../../kernel/calls.js';
import { loadLibc } from '../../../kernel/load-libc.js';
import { type NetworkNamespace, OwnNamespace } from '../../../kernel/namespaces/network-namespace.js';
import { AF_NETLINK } from '../../../kernel/netlink-message.js';
import { MSG_DONTWAIT, SOCK_CLOEXEC, SOCK_RAW } from '../../../kernel/socket-constants.js';
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

/** Messages were lost. That is no harm: a look finds what they were about. */
const OVERFLOW = -constants.errno.ENOBUFS;
const EMPTY = -constants.errno.EAGAIN;

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
      const fd = this.#namespace.within(libc, () => openGroups(libc));
      this.#watch = watchOwn(
        libc,
        { kind: 'readable', fd },
        {
          persistent: this.#persistent,
          onReady: () => this.#drain(libc, fd, ring, onFailure),
          onFailure: (error) => onFailure?.(doorbellErrorFrom('destroy', error)),
        },
      );
    } catch (error) {
      throw doorbellErrorFrom('destroy', error);
    }
  }

  async stop(): Promise<void> {
    await this.#watch?.close();
  }

  /** What the messages say is of no interest: only that there were some, or too many. */
  #drain(libc: Libc, fd: number, ring: Ring, onFailure: OnFailure | undefined): void {
    for (let i = 0; i < MESSAGES_A_TURN; i++) {
      const received = libc.recv(fd, this.#message, MSG_DONTWAIT);
      if (received === EMPTY) break;
      if (received >= 0 || received === OVERFLOW || received === -constants.errno.EINTR) continue;
      void this.#watch?.close();
      onFailure?.(new DoorbellError('destroy', `the socket failed (${getSystemErrorName(received)})`));
      return;
    }
    ring();
  }
}

function openGroups(libc: Libc): number {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) throw new DoorbellError('destroy', `no netlink socket (${getSystemErrorName(fd)})`);
  // The filter first, so that nothing comes that it has not seen.
  const filtered = libc.attachFilter(fd, listenerFilter());
  const bound = filtered < 0 ? filtered : libc.bind(fd, groupsAddress());
  if (bound >= 0) return fd;
  libc.close(fd);
  const what = filtered < 0 ? 'filter' : 'destroy groups';
  throw new DoorbellError('destroy', `the kernel refused the ${what} (${getSystemErrorName(bound)})`);
}

/** A `struct sockaddr_nl` (netlink(7)) that joins the groups. */
function groupsAddress(): Uint8Array {
  const mask = GROUPS.reduce((bits, group) => bits | (1 << (group - 1)), 0);
  const address = new Uint8Array(12);
  new Uint16Array(address.buffer)[0] = AF_NETLINK;
  new Uint32Array(address.buffer)[2] = mask;
  return address;
}
