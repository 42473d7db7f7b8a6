import {
  assemble,
  BPF_JEQ_K,
  BPF_LD_H_ABS,
  BPF_LD_W_ABS,
  BPF_RET_K,
  loadedHalf,
  NOTHING,
  WHOLE_MESSAGE,
} from '../../kernel/bpf.js';
import { NLMSG_DONE, NLMSG_HEADER_LENGTH } from '../../kernel/netlink-message.js';
import { NetlinkError, type NetlinkSocket, NOTHING_WAITS } from '../../kernel/netlink-socket.js';
import { ListenerDump, sourceErrorFrom } from './listener-dump.js';

/** A field of a `struct nlmsghdr`. */
const NLMSG_TYPE = 4;

/**
 * Tells again and again whether the kernel's listening sockets have changed. As long as they have not, a filter has the
 * kernel drop the end of each dump (netlink_dump(), net/netlink/af_netlink.c), and no more is received than came the last
 * time. What comes in addition stays in the socket, which is readable then. What waits in a
 * socket's queue opens and closes nothing, and may change at any time: it does not count.
 */
export class UnchangedDump {
  readonly #socket: NetlinkSocket;
  readonly #dump: ListenerDump;
  readonly #room = new Uint8Array(4);
  #filter: 'none' | 'attached' | 'useless' = 'none';
  /** True once a dump came without its end. */
  #dropsEnds = false;
  #isForgotten = false;

  /** @param socket one of `openSockDiag`, for this comparison alone */
  constructor(socket: NetlinkSocket) {
    this.#socket = socket;
    this.#dump = new ListenerDump(socket, 'all but queues');
  }

  /** Makes the next dumps differ from the last ones. Call it when the socket is readable. */
  forget(): void {
    this.#isForgotten = true;
  }

  /**
   * Takes all dumps.
   *
   * @returns true when they differ from the dumps before. When it is false and the socket is readable, they differ too
   * @throws SourceError when one of them fails; what is left of it makes the socket useless
   */
  hasChanged(): boolean {
    if (this.#isForgotten) this.#forgetNow();
    const wasFiltered = this.#filter === 'attached';
    if (wasFiltered) {
      if (this.#isRepeated()) return false;
      this.#detach();
    }
    const hasChanged = this.#dump.take();
    if (hasChanged) return true;
    if (!wasFiltered) this.#attach();
    else if (!this.#dropsEnds) this.#filter = 'useless';
    return wasFiltered;
  }

  #forgetNow(): void {
    this.#isForgotten = false;
    if (this.#filter === 'attached') this.#detach();
    this.#dump.forget();
  }

  #isRepeated(): boolean {
    if (!this.#dump.isRepeated()) return false;
    this.#dropsEnds ||= this.#receive() === 'nothing';
    return this.#dropsEnds;
  }

  #attach(): void {
    if (this.#filter === 'useless') return;
    try {
      this.#socket.filter(WITHOUT_ENDS);
      this.#filter = 'attached';
    } catch {
      this.#filter = 'useless';
    }
  }

  /** Receives what is left as well: dumps that came through the filter are not whole. */
  #detach(): void {
    this.#filter = 'none';
    this.#socket.dropFilter();
    while (this.#receive() !== 'nothing');
  }

  #receive(): 'a datagram' | 'nothing' {
    try {
      const length = this.#socket.receive(this.#room);
      if (length === NOTHING_WAITS) return 'nothing';
      if (length >= 0) return 'a datagram';
      throw new NetlinkError('receive', length);
    } catch (error) {
      throw sourceErrorFrom(error, 'the answer broke off');
    }
  }
}

/** A classic BPF program that drops the end of a dump that went well, and nothing else. */
const WITHOUT_ENDS = assemble([
  [BPF_LD_H_ABS, 0, 0, NLMSG_TYPE],
  [BPF_JEQ_K, 0, 2, loadedHalf(NLMSG_DONE)],
  [BPF_LD_W_ABS, 0, 0, NLMSG_HEADER_LENGTH],
  [BPF_JEQ_K, 1, 0, 0],
  [BPF_RET_K, 0, 0, WHOLE_MESSAGE],
  [BPF_RET_K, 0, 0, NOTHING],
]);
