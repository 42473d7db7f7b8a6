/** What the main side tells the poll thread. It reads these when its eventfd wakes it. */
export type PollCommand =
  /** Report once when the descriptor is readable. */
  | { readonly type: 'arm'; readonly id: number; readonly fd: number }
  | { readonly type: 'disarm'; readonly id: number }
  | { readonly type: 'stop' };

/** What the poll thread tells the main side. */
export type PollReport =
  /** These are readable, or failed, and are not polled any more until they are armed again. */
  | { readonly type: 'readable'; readonly ids: readonly number[] }
  /** Its descriptor is not polled any more and may be closed. */
  | { readonly type: 'disarmed'; readonly id: number };

/** What the thread is given. */
export interface PollWorkerData {
  /** Wakes the thread when commands have come. */
  readonly eventFd: number;
  /** A number that the thread sets to 1, and notifies, once its native calls are loaded. */
  readonly loaded: Int32Array<SharedArrayBuffer>;
}
