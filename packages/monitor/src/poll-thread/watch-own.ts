import type { Libc } from '../kernel/calls.js';
import type { Subject } from './poll-messages.js';
import { type Watch, type WatchOptions, watch } from './poll-thread.js';

/**
 * Watches a descriptor that belongs to the watch. It is closed with the watch, or at once when it can't be watched.
 *
 * @throws Error as {@link watch} does
 */
export function watchOwn(libc: Libc, subject: Subject, options: WatchOptions): Watch {
  try {
    const watching = watch(subject, options);
    let closed: Promise<void> | undefined;
    return {
      renew: () => watching.renew(),
      close: () => {
        closed ??= watching.close().then(() => void libc.close(subject.fd));
        return closed;
      },
    };
  } catch (error) {
    libc.close(subject.fd);
    throw error;
  }
}
