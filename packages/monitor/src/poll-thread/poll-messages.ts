import type { MessagePort } from 'node:worker_threads';

/** What the thread waits for: that a descriptor is readable, or that the dumps taken through it change. */
export type Subject =
  | { readonly kind: 'readable'; readonly fd: number }
  | {
      readonly kind: 'dump';
      /** A socket of `openSockDiag`. */
      readonly fd: number;
      readonly intervalMs: number;
      /** The share of a core that the dumps may cost at most. */
      readonly cpuShare: number;
    };

/** What the main side tells the poll thread, which reads it when its eventfd wakes it. */
export type PollCommand =
  | { readonly type: 'watch'; readonly id: number; readonly subject: Subject }
  /** Report once more: sent after a report. */
  | { readonly type: 'arm'; readonly id: number }
  /** Report the next dump, even if it is like the last one. */
  | { readonly type: 'renew'; readonly id: number }
  | { readonly type: 'forget'; readonly id: number }
  | { readonly type: 'stop' };

/** What the poll thread tells the main side. */
export type PollReport =
  /** What these wait for has come. They rest until they are armed again. */
  | { readonly type: 'ready'; readonly ids: readonly number[] }
  /** This one can't be watched, and is forgotten. */
  | { readonly type: 'failed'; readonly id: number; readonly reason: string }
  /** The thread uses this one's descriptor no more: it may be closed. */
  | { readonly type: 'forgotten'; readonly id: number };

/** What the thread is started with. */
export interface PollWorkerData {
  /** Where commands come: Deno's `parentPort` can't be asked whether a message has come. */
  readonly commands: MessagePort;
  /** Wakes the thread when commands have come. */
  readonly eventFd: number;
  /** A number that the thread sets to 1, and notifies, once its native calls are loaded. */
  readonly loaded: Int32Array<SharedArrayBuffer>;
}
