import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Libc } from '../../../kernel/calls.js';
import { loadLibc } from '../../../kernel/load-libc.js';
import { type NetworkNamespace, OwnNamespace } from '../../../kernel/namespaces/network-namespace.js';
import { MESSAGES_LOST, NetlinkError, NetlinkSocket, NOTHING_WAITS } from '../../../kernel/netlink-socket.js';
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
const MESSAGES_A_TURN = 1000;
/** In a flood there would be no end to it: what is left is taken the next time. */
const TURNS_A_TIME = 20;

/** What a refusal of the kernel says, by what was refused. */
const REFUSALS = {
  open: 'no netlink socket',
  filter: 'the kernel refused the filter',
  join: 'the kernel refused the destroy groups',
  send: 'the socket failed',
  receive: 'the socket failed',
} as const;

/**
 * Room for the messages that wait, in bytes, if this process may have so much (CAP_NET_ADMIN): some ten thousand messages, which
 * the kernel counts with all that it keeps of each. It takes no memory while nothing waits.
 */
const QUEUE_LENGTH = 8 * 1024 * 1024;

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
  /** Whether somebody takes what was heard. */
  keepsEndings = false;
  #endings: SocketEnding[] = [];
  #missed = false;
  /** Tells whether more may wait. */
  #drain: (() => boolean) | undefined;
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
      const drain = () => this.#receive(socket, ring, onFailure);
      this.#watch = watchOwn(
        libc,
        { kind: 'readable', fd: socket.fd },
        {
          persistent: this.#persistent,
          onReady: () => void drain(),
          onFailure: (error) => onFailure?.(doorbellErrorFrom('destroy', error)),
        },
      );
      this.#drain = drain;
    } catch (error) {
      throw failureFrom(error);
    }
  }

  async stop(): Promise<void> {
    this.#drain = undefined;
    await this.#watch?.close();
  }

  /** What ended since the last call, as far as the kernel has told by now: it does so a moment after the end. */
  async takeEndings(): Promise<TakenEndings> {
    for (let turn = 1; this.#drain?.() && turn < TURNS_A_TIME; turn++) await nextTurn();
    const taken = { endings: this.#endings, missed: this.#missed };
    this.#endings = [];
    this.#missed = false;
    return taken;
  }

  /**
   * Rings if there was a message, or too many. If some were lost, a look finds what they were about.
   *
   * @returns whether more may wait
   */
  #receive(socket: NetlinkSocket, ring: Ring, onFailure: OnFailure | undefined): boolean {
    let count = 0;
    try {
      for (; count < MESSAGES_A_TURN; count++) {
        const length = socket.receive(this.#message);
        if (length === NOTHING_WAITS) break;
        if (this.keepsEndings) this.#keep(length);
      }
    } catch (error) {
      void this.stop();
      onFailure?.(failureFrom(error));
      return false;
    }
    if (count > 0) ring();
    return count === MESSAGES_A_TURN;
  }

  #keep(length: number): void {
    if (length === MESSAGES_LOST || this.#endings.length >= ENDINGS_LIMIT) this.#missed = true;
    else if (length >= ENDING_LENGTH) {
      const ending = readEnding(this.#view, process.hrtime.bigint());
      if (ending !== undefined) this.#endings.push(ending);
    }
  }
}

function openGroups(libc: Libc): NetlinkSocket {
  const socket = NetlinkSocket.open(libc, NETLINK_SOCK_DIAG);
  try {
    // The filter first, so that nothing comes that it has not seen.
    socket.filter(listenerFilter());
    socket.makeRoom(QUEUE_LENGTH);
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
