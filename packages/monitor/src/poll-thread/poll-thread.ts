import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { Eventfd } from '../kernel/eventfd.js';
import { loadLibc } from '../kernel/load-libc.js';
import { atExit } from './at-exit.js';
import type { PollCommand, PollReport, PollWorkerData, Subject } from './poll-messages.js';

/** How long the exit of the process waits for the thread to load its native calls, which takes some 50 ms. */
const LOADING_LIMIT_MS = 2000;

export interface WatchOptions {
  /** Called when what was waited for has come, and again for as long as that stays so, or when it comes again. */
  readonly onReady: () => void;
  /** How long to rest after such a call, in milliseconds; 0 by default. */
  readonly restMs?: () => number;
  /** Called when it can't be watched any more. Nothing more comes. */
  readonly onFailure: (error: Error) => void;
  /** True when watching is to keep the process alive. */
  readonly persistent: boolean;
}

/** Something that is watched. */
export interface Watch {
  /** Takes the next dump for a change, even if it is like the last one. */
  renew(): void;
  /** Ends the watch: nothing is called from now on. When it resolves, the descriptor may be closed. */
  close(): Promise<void>;
}

let current: PollThread | undefined;

/**
 * Watches what libuv can't: a netlink socket or a file of tracefs until it is readable or has an error, or the kernel's
 * listening sockets until they change. One thread waits in poll(2) for all of them. It runs while something is watched, and
 * takes none of libuv's own threads.
 *
 * @throws Error when there are no native calls, or no more descriptors
 */
export function watch(subject: Subject, options: WatchOptions): Watch {
  current ??= new PollThread((ending) => {
    if (current === ending) current = undefined;
  });
  return current.watch(subject, options);
}

class PollThread {
  readonly #wakeUp: Eventfd;
  readonly #commands: MessagePort;
  readonly #loaded = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #onEnding: (thread: PollThread) => void;
  readonly #watches = new Map<number, WatchOptions>();
  readonly #closings = new Map<number, () => void>();
  #lastId = 0;

  /** @param onEnding called as soon as this thread watches nothing more: it can't be used again */
  constructor(onEnding: (thread: PollThread) => void) {
    this.#onEnding = onEnding;
    const wakeUp = Eventfd.make(loadLibc());
    this.#wakeUp = wakeUp;
    const { port1, port2 } = new MessageChannel();
    this.#commands = port1;
    try {
      this.#worker = startWorker({ commands: port2, eventFd: wakeUp.fd, loaded: this.#loaded });
    } catch (error) {
      port1.close();
      wakeUp.close();
      throw error;
    }
    this.#worker.on('message', (report: PollReport) => this.#obey(report));
    this.#worker.once('error', (error) => this.#fail(error));
    const forgetExit = atExit(() => this.#letGo());
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        forgetExit();
        port1.close();
        wakeUp.close();
        this.#fail(new Error('the thread that polls has ended'));
        resolve();
      });
    });
  }

  /** @throws Error when the thread can't be told of it */
  watch(subject: Subject, options: WatchOptions): Watch {
    const id = ++this.#lastId;
    const failure = this.#command({ type: 'watch', id, subject });
    if (failure !== undefined) throw failure;
    this.#watches.set(id, options);
    this.#keepAlive();
    let closed: Promise<void> | undefined;
    return {
      renew: () => {
        if (this.#watches.has(id)) this.#command({ type: 'renew', id });
      },
      close: () => {
        closed ??= this.#close(id);
        return closed;
      },
    };
  }

  async #close(id: number): Promise<void> {
    if (!this.#watches.delete(id)) return;
    const forgotten = new Promise<void>((resolve) => this.#closings.set(id, resolve));
    this.#keepAlive();
    if (this.#watches.size === 0) {
      this.#onEnding(this);
      this.#stop();
    } else {
      this.#command({ type: 'forget', id });
    }
    await Promise.race([forgotten, this.#ended]);
    this.#closings.delete(id);
    this.#keepAlive();
  }

  #obey(report: PollReport): void {
    if (report.type === 'forgotten') this.#closings.get(report.id)?.();
    else if (report.type === 'failed') this.#watches.get(report.id)?.onFailure(new Error(report.reason));
    else this.#tell(report.ids);
  }

  #tell(ids: readonly number[]): void {
    for (const id of ids) {
      const options = this.#watches.get(id);
      options?.onReady();
      const restMs = options?.restMs?.() ?? 0;
      if (restMs > 0) setTimeout(() => this.#arm(id), restMs).unref();
      // In the next turn: a thousand messages may be told in one, and in a flood each would bring the next.
      else setImmediate(() => this.#arm(id));
    }
  }

  #arm(id: number): void {
    if (this.#watches.has(id)) this.#command({ type: 'arm', id });
  }

  #fail(error: Error): void {
    this.#onEnding(this);
    const watches = [...this.#watches.values()];
    this.#watches.clear();
    for (const { onFailure } of watches) onFailure(error);
  }

  /** A close() that waits keeps the process alive even if its watch did not: the end of the program would cut it short. */
  #keepAlive(): void {
    const persistent = [...this.#watches.values()].some((watch) => watch.persistent);
    if (persistent || this.#closings.size > 0) this.#worker.ref();
    else this.#worker.unref();
  }

  #stop(): void {
    this.#command({ type: 'stop' });
  }

  /**
   * Node ends its threads when the process exits. It would wait for ever for a thread in poll(), and a thread that is
   * loading koffi would abort the whole process.
   */
  #letGo(): void {
    this.#stop();
    Atomics.wait(this.#loaded, 0, 0, LOADING_LIMIT_MS);
  }

  /** @returns what went wrong: then nothing reaches the thread, and whoever waits for it was told */
  #command(command: PollCommand): Error | undefined {
    try {
      this.#commands.postMessage(command);
      this.#wakeUp.write();
      return undefined;
    } catch (cause) {
      const failure = new Error('the thread that polls can not be woken', { cause });
      this.#abandon(failure);
      return failure;
    }
  }

  /** Ends the thread without its help, as soon as it does not wait. */
  #abandon(failure: Error): void {
    this.#fail(failure);
    this.#keepAlive();
    Atomics.wait(this.#loaded, 0, 0, LOADING_LIMIT_MS);
    void this.#worker.terminate();
  }
}

function startWorker(data: PollWorkerData): Worker {
  return new Worker(new URL('./poll-worker.js', import.meta.url), {
    name: 'portolan-poll',
    workerData: data,
    transferList: [data.commands],
    // The hooks and settings of the host program are not for this thread.
    env: {},
    execArgv: [],
  });
}
