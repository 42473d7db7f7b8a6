import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadLibc } from '../../../kernel/load-libc.js';
import { atExit } from '../../../poll-thread/at-exit.js';
import { type Watch, watch } from '../../../poll-thread/poll-thread.js';
import type { Doorbell, DoorbellOptions, OnFailure, Ring } from '../doorbell.js';
import { DoorbellError, doorbellErrorFrom } from '../doorbell.js';
import { findTracefs } from './find-tracefs.js';
import { processOfThread } from './process-of-thread.js';
import { ThreadNamespaces } from './thread-namespaces.js';
import { errorCode, TraceInstance } from './trace-instance.js';
import { type TakenRecords, type TraceNews, TraceRecords } from './trace-records.js';

/**
 * What only others did is no news. To be told of each of it costs more than to read it, so that a storm in another network
 * namespace is read in pieces: after each of them twice as long as before. The buffer holds what comes meanwhile.
 */
const REST_MS = 1;
const REST_LIMIT_MS = 16;

/**
 * How long after a bind to look. Most sockets that are bound go on to listen, of which the kernel tells as well: to look
 * before that would only put off the look that shows it.
 */
const BOUND_MS = 2;

interface Held {
  readonly instance: TraceInstance;
  readonly watch: Watch;
  readonly ring: Ring;
  readonly onFailure: OnFailure | undefined;
  readonly forgetExit: () => void;
}

/**
 * Rings when a TCP listener opens or closes and when anything is bound in this network namespace, and keeps the kernel's
 * records of the former. Those of the whole machine come, and are told apart by their threads. Needs a mounted tracefs and
 * the right to write to it, which root has.
 */
export class TracefsDoorbell implements Doorbell {
  readonly name = 'tracefs';
  readonly #persistent: boolean;
  readonly #namespaces = new ThreadNamespaces();
  readonly #records = new TraceRecords({
    processOf: processOfThread,
    namespaceOf: (thread) => this.#namespaces.of(thread),
  });
  #restMs = 0;
  /** More was recorded than one drain reads. */
  #isBehind = false;
  #boundTimer: NodeJS.Timeout | undefined;
  #held: Held | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor({ persistent }: DoorbellOptions) {
    this.#persistent = persistent;
  }

  async start(ring: Ring, onFailure?: OnFailure): Promise<void> {
    this.#starting = this.#open(ring, onFailure);
    try {
      await this.#starting;
    } catch (error) {
      throw doorbellErrorFrom('tracefs', error);
    }
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#release();
    await this.#stopping;
    this.#stopping = undefined;
  }

  /**
   * What was recorded since the last call, up to now: after a flood it takes some turns of the event loop to read that. The
   * record of an opening is there before listen() returns, and before a look can see the socket; that of a closing before a
   * look can miss it.
   */
  async takeRecords(): Promise<TakenRecords> {
    const calledNs = process.hrtime.bigint();
    for (;;) {
      // Whoever takes them has just looked, and can't have seen what was bound since; what began to listen is in the records.
      if (this.#drain(calledNs).bound) this.#ringForBound();
      if (!this.#isBehind) return this.#records.take();
      await nextTurn();
    }
  }

  async #open(ring: Ring, onFailure: OnFailure | undefined): Promise<void> {
    const instance = await openInstance();
    try {
      const watching = watch(
        { kind: 'readable', fd: instance.fd },
        {
          persistent: this.#persistent,
          onReady: () => {
            const { listened, bound, lost } = this.#drain();
            const isNews = listened || bound || lost || this.#isBehind;
            this.#restMs = isNews ? 0 : Math.min(Math.max(REST_MS, 2 * this.#restMs), REST_LIMIT_MS);
            if (listened || lost) this.#ringAtOnce();
            else if (bound) this.#ringForBound();
          },
          restMs: () => this.#restMs,
          onFailure: (error) => onFailure?.(doorbellErrorFrom('tracefs', error)),
        },
      );
      // Behind the poll thread's own, which lets go of the instance.
      const forgetExit = atExit(() => instance.removeAtExit());
      this.#held = { instance, watch: watching, ring, onFailure, forgetExit };
    } catch (error) {
      await instance.remove();
      throw error;
    }
  }

  async #release(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    const held = this.#held;
    this.#held = undefined;
    clearTimeout(this.#boundTimer);
    if (held === undefined) return;
    await held.watch.close();
    held.forgetExit();
    await held.instance.remove();
  }

  #ringAtOnce(): void {
    clearTimeout(this.#boundTimer);
    this.#boundTimer = undefined;
    this.#held?.ring(true);
  }

  #ringForBound(): void {
    this.#boundTimer ??= setTimeout(() => {
      this.#boundTimer = undefined;
      this.#held?.ring();
    }, BOUND_MS).unref();
  }

  /** Reads what was recorded until then, or a good piece of it. A failure is told once. */
  #drain(untilNs = process.hrtime.bigint()): TraceNews {
    const held = this.#held;
    this.#isBehind = false;
    if (held === undefined) return this.#records.takeNews();
    this.#namespaces.forget();
    try {
      this.#isBehind = !held.instance.drain((text) => this.#records.add(text) < untilNs);
    } catch (error) {
      void held.watch.close();
      this.#held = { ...held, onFailure: undefined };
      held.onFailure?.(doorbellErrorFrom('tracefs', error));
    }
    return this.#records.takeNews();
  }
}

async function openInstance(): Promise<TraceInstance> {
  const tracefs = await findTracefs();
  if (tracefs === undefined) {
    const reason = 'tracefs is not mounted; as root: mount -t tracefs tracefs /sys/kernel/tracing';
    throw new DoorbellError('tracefs', reason);
  }
  try {
    return await TraceInstance.create(loadLibc(), tracefs);
  } catch (cause) {
    const reason = `no trace instance in ${tracefs} (${errorCode(cause) ?? cause}); it takes root, outside of a container`;
    throw new DoorbellError('tracefs', reason, { cause });
  }
}
