import type { PortMonitor } from '@portolan/monitor';

/** The events by which a monitor tells that its listeners are no longer the same. */
export const LISTENER_EVENTS = ['opened', 'closed', 'changed'] as const;

/** How often a condition is tested without an event: a process may take another name, of which nothing is told. */
const NAME_MS = 1000;

/**
 * Waits until a condition holds. It is tested now, after every event of a listener, and once a second.
 *
 * @param giveUp ends the wait
 * @returns true if the condition holds, false if the wait was given up and it does not hold
 */
export function until(monitor: PortMonitor, holds: () => boolean, giveUp: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (result: boolean) => {
      clearInterval(timer);
      for (const type of LISTENER_EVENTS) monitor.off(type, check);
      giveUp.removeEventListener('abort', onGivenUp);
      resolve(result);
    };
    const onGivenUp = () => end(false);
    const check = () => {
      if (holds()) end(true);
    };
    const timer = setInterval(check, NAME_MS).unref();
    for (const type of LISTENER_EVENTS) monitor.on(type, check);
    giveUp.addEventListener('abort', onGivenUp);
    // A wait that is over before it begins may have what it waited for all the same.
    if (holds()) end(true);
    else if (giveUp.aborted) end(false);
  });
}
