import { type Watch, watchReadable } from '../../../kernel/poll-thread.js';
import type { Doorbell, DoorbellOptions, OnFailure, Ring } from '../doorbell.js';
import { DoorbellError, doorbellErrorFrom } from '../doorbell-error.js';
import { findTracefs } from './find-tracefs.js';
import { processOfThread } from './process-of-thread.js';
import { errorCode, removeAbandonedInstances, TraceInstance } from './trace-instance.js';
import { type TakenRecords, TraceRecords } from './trace-records.js';

interface Held {
  readonly instance: TraceInstance;
  readonly watch: Watch;
  readonly onFailure: OnFailure | undefined;
}

/**
 * Rings when a TCP listener opens or closes and when anything is bound, in any network namespace of the machine, and
 * keeps the kernel's records of the former. Needs a mounted tracefs and the right to write to it, which root has.
 */
export class TracefsDoorbell implements Doorbell {
  readonly name = 'tracefs';
  readonly #persistent: boolean;
  readonly #records = new TraceRecords(processOfThread);
  #held: Held | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor({ persistent }: DoorbellOptions) {
    this.#persistent = persistent;
  }

  async start(ring: Ring, onFailure?: OnFailure): Promise<void> {
    this.#starting = this.#open(ring, onFailure);
    await this.#starting;
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#release();
    await this.#stopping;
    this.#stopping = undefined;
  }

  /**
   * What was recorded since the last call, up to now. The record of an opening is there before listen() returns, and
   * before a look can see the socket; that of a closing before a look can miss it.
   */
  takeRecords(): TakenRecords {
    this.#drain();
    return this.#records.take();
  }

  async #open(ring: Ring, onFailure: OnFailure | undefined): Promise<void> {
    const instance = await openInstance();
    try {
      const watch = watchReadable(instance.fd, {
        persistent: this.#persistent,
        onReadable: () => {
          if (this.#drain()) ring();
        },
        onFailure: (error) => onFailure?.(doorbellErrorFrom('tracefs', error)),
      });
      this.#held = { instance, watch, onFailure };
      // Behind the poll thread's own, which lets go of the instance.
      process.on('exit', this.#atExit);
    } catch (error) {
      await instance.remove();
      throw doorbellErrorFrom('tracefs', error);
    }
  }

  async #release(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    await held.watch.close();
    process.off('exit', this.#atExit);
    await held.instance.remove();
  }

  /** False where that failed, which is told once. */
  #drain(): boolean {
    const held = this.#held;
    if (held === undefined) return false;
    try {
      held.instance.drain((text) => this.#records.add(text));
      return true;
    } catch (error) {
      void held.watch.close();
      this.#held = { ...held, onFailure: undefined };
      held.onFailure?.(doorbellErrorFrom('tracefs', error));
      return false;
    }
  }

  readonly #atExit = (): void => this.#held?.instance.removeAtExit();
}

async function openInstance(): Promise<TraceInstance> {
  const tracefs = await findTracefs();
  if (tracefs === undefined) {
    const reason = 'tracefs is not mounted; as root: mount -t tracefs tracefs /sys/kernel/tracing';
    throw new DoorbellError('tracefs', reason);
  }
  try {
    const instance = await TraceInstance.create(tracefs);
    // Not before: who may make none may remove none.
    await removeAbandonedInstances(tracefs);
    return instance;
  } catch (cause) {
    const reason = `no trace instance in ${tracefs} (${errorCode(cause) ?? cause}); it takes root, outside of a container`;
    throw new DoorbellError('tracefs', reason, { cause });
  }
}
