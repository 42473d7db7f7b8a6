import { isMac } from '../../kernel/platform.js';
import { SELF } from '../../listener.js';
import type { DoorbellName } from './doorbell.js';
import { DoorbellError } from './doorbell-error.js';

/**
 * What a choice of doorbells comes to: on macOS and elsewhere the clock is the only one, and tracefs is for this process's own
 * network namespace.
 *
 * @param place undefined elsewhere
 * @throws DoorbellError where one was named that can't be had there
 */
export function possibleDoorbell(
  choice: 'auto' | DoorbellName,
  place: string | undefined,
): 'auto' | DoorbellName {
  if (place === undefined) {
    if (choice === 'auto' || choice === 'clock') return 'clock';
    throw new DoorbellError(choice, `nothing rings from elsewhere: there is the clock alone, no ${choice}`);
  }
  if (choice === 'tracefs' && place !== SELF)
    throw new DoorbellError(
      choice,
      `tracefs tells of this process's own network namespace alone, not of ${place}`,
    );
  if (!isMac()) return choice;
  if (choice === 'auto' || choice === 'clock') return 'clock';
  throw new DoorbellError(choice, `only Linux has the doorbell ${choice}; macOS has the clock alone`);
}
