import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { Libc } from '../../../kernel/calls.js';
import { loadLibc } from '../../../kernel/load-libc.js';
import { type NetworkNamespace, OwnNamespace } from '../../../kernel/namespaces/network-namespace.js';
import { AF_NETLINK } from '../../../kernel/netlink-message.js';
import {
  MSG_DONTWAIT,
  SO_RCVBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_SOCKET,
} from '../../../kernel/socket-constants.js';
import type { Watch } from '../../../poll-thread/poll-thread.js';
import { watchOwn } from '../../../poll-thread/watch-own.js';
import { NETLINK_SOCK_DIAG } from '../../../sources/netlink/inet-diag.js';
import type { Doorbell, DoorbellOptions, OnFailure, Ring } from '../doorbell.js';
import { DoorbellError, doorbellErrorFrom } from '../doorbell.js';
import { listenerFilter } from './listener-filter.js';
import { ENDING_LENGTH, readEnding, type SocketEnding } from './socket-ending.js';

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
const MESSAGES_A_TURN = 10_000;

/**
 * What the queue holds at most, in bytes, where this process may say so (CAP_NET_ADMIN): some ten thousand messages, which
 * the kernel counts with all that it keeps of each. Nothing is taken of it while nothing waits.
 */
const QUEUE_LENGTH = 4 * 1024 * 1024;

/** Endings that nobody takes are kept up to this many. */
const ENDINGS_LIMIT = 100_000;

/** What was heard since somebody asked last. */
export interface TakenEndings {
  /** In the order in which they were heard. */
  readonly endings: readonly SocketEnding[];
  /** Messages were lost: that of an ending may be among them. */
  readonly missed: boolean;
}

export const NO_ENDINGS: TakenEndings = { endings: [], missed: false };

/** Messages were lost. A look finds what they were about, but for what came and went between two looks. */
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
  readonly #message = new Uint8Array(ENDING_LENGTH);
  readonly #view = new DataView(this.#message.buffer);
  readonly #keepsEndings: boolean;
  #endings: SocketEnding[] = [];
  #missed = false;
  #drain: (() => void) | undefined;
  #watch: Watch | undefined;

  /** @param options `keepsEndings` if somebody takes what was heard */
  constructor(
    { persistent, keepsEndings = false }: DoorbellOptions & { readonly keepsEndings?: boolean },
    namespace: NetworkNamespace = new OwnNamespace(),
    load: () => Libc = loadLibc,
  ) {
    this.#persistent = persistent;
    this.#keepsEndings = keepsEndings;
    this.#namespace = namespace;
    this.#loadLibc = load;
  }

  async start(ring: Ring, onFailure?: OnFailure): Promise<void> {
    try {
      const libc = this.#loadLibc();
      const fd = this.#namespace.within(libc, () => openGroups(libc));
      const drain = () => this.#receive(libc, fd, ring, onFailure);
      this.#watch = watchOwn(
        libc,
        { kind: 'readable', fd },
        {
          persistent: this.#persistent,
          onReady: drain,
          onFailure: (error) => onFailure?.(doorbellErrorFrom('destroy', error)),
        },
      );
      this.#drain = drain;
    } catch (error) {
      throw doorbellErrorFrom('destroy', error);
    }
  }

  async stop(): Promise<void> {
    this.#drain = undefined;
    await this.#watch?.close();
  }

  /** What ended since the last call, as far as the kernel has told by now: it does so a moment after the end. */
  takeEndings(): TakenEndings {
    this.#drain?.();
    const taken = { endings: this.#endings, missed: this.#missed };
    this.#endings = [];
    this.#missed = false;
    return taken;
  }

  /** Rings if there was a message, or too many. */
  #receive(libc: Libc, fd: number, ring: Ring, onFailure: OnFailure | undefined): void {
    let isNews = false;
    for (let i = 0; i < MESSAGES_A_TURN; i++) {
      const received = libc.recv(fd, this.#message, MSG_DONTWAIT);
      if (received === EMPTY) break;
      if (received === -constants.errno.EINTR) continue;
      if (received < 0 && received !== OVERFLOW) {
        void this.stop();
        onFailure?.(new DoorbellError('destroy', `the socket failed (${getSystemErrorName(received)})`));
        return;
      }
      isNews = true;
      if (this.#keepsEndings) this.#keep(received);
    }
    if (isNews) ring();
  }

  #keep(received: number): void {
    if (received < ENDING_LENGTH || this.#endings.length >= ENDINGS_LIMIT) this.#missed = true;
    else {
      const ending = readEnding(this.#view, process.hrtime.bigint());
      if (ending !== undefined) this.#endings.push(ending);
    }
  }
}

function openGroups(libc: Libc): number {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) throw new DoorbellError('destroy', `no netlink socket (${getSystemErrorName(fd)})`);
  libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, new Uint8Array(Int32Array.of(QUEUE_LENGTH).buffer));
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
