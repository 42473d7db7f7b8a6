import type { Libc } from '../../../kernel/calls.js';
import { loadLibc } from '../../../kernel/load-libc.js';
import type { NetworkNamespace } from '../../../kernel/namespaces/network-namespace.js';
import type { Watch } from '../../../poll-thread/poll-thread.js';
import { watchOwn } from '../../../poll-thread/watch-own.js';
import { openSockDiag } from '../../../sources/netlink/listener-dump.js';
import type { Doorbell, DoorbellOptions, OnFailure, Ring } from '../doorbell.js';
import { doorbellErrorFrom } from '../doorbell.js';

/** How often it looks. */
export interface NetlinkClockOptions extends DoorbellOptions {
  readonly intervalMs: number;
  /** The share of a core that looking may cost at most. */
  readonly cpuShare: number;
  readonly namespace: NetworkNamespace;
}

/**
 * A clock that asks the kernel for its listening sockets by itself, and rings if they are not byte for byte what they
 * were. It does so in the poll thread, where nothing of Node's event loop has to run for it: while nothing changes, the
 * host program's own thread sleeps. It rings once at its start.
 */
export class NetlinkClock implements Doorbell {
  readonly name = 'clock';
  readonly #options: NetlinkClockOptions;
  readonly #loadLibc: () => Libc;
  #watch: Watch | undefined;

  constructor(options: NetlinkClockOptions, load: () => Libc = loadLibc) {
    this.#options = options;
    this.#loadLibc = load;
  }

  async start(ring: Ring, onFailure?: OnFailure): Promise<void> {
    const { intervalMs, cpuShare, persistent, namespace } = this.#options;
    try {
      const libc = this.#loadLibc();
      this.#watch = watchOwn(
        libc,
        { kind: 'dump', fd: openSockDiag(libc, namespace).fd, intervalMs, cpuShare },
        { persistent, onReady: ring, onFailure: (error) => onFailure?.(doorbellErrorFrom('clock', error)) },
      );
    } catch (error) {
      throw doorbellErrorFrom('clock', error);
    }
  }

  /** Somebody else saw a change, that may be over before the next dump: rings once more, whatever that shows. */
  ringOnceMore(): void {
    this.#watch?.renew();
  }

  async stop(): Promise<void> {
    await this.#watch?.close();
  }
}
