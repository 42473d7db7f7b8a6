import type { PortMonitor } from '@portolan/monitor';

const CHANGES = ['opened', 'closed', 'changed'] as const;

/**
 * Waits until a condition holds, which is asked now and whenever the monitor has told something new.
 *
 * @returns whether it holds; false when the wait was given up
 */
export function until(monitor: PortMonitor, holds: () => boolean, giveUp: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (result: boolean) => {
      for (const type of CHANGES) monitor.off(type, check);
      giveUp.removeEventListener('abort', onGivenUp);
      resolve(result);
    };
    const onGivenUp = () => end(false);
    const check = () => {
      if (holds()) end(true);
    };
    for (const type of CHANGES) monitor.on(type, check);
    giveUp.addEventListener('abort', onGivenUp);
    if (giveUp.aborted) onGivenUp();
    else check();
  });
}
