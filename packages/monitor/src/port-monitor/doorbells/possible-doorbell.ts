import { isMac } from '../../platform.js';
import type { DoorbellName } from './doorbell.js';
import { DoorbellError } from './doorbell-error.js';

/**
 * What a choice of doorbells comes to on this system: on macOS the clock is the only one.
 *
 * @throws DoorbellError where one was named that only Linux has
 */
export function possibleDoorbell(choice: 'auto' | DoorbellName): 'auto' | DoorbellName {
  if (!isMac()) return choice;
  if (choice === 'auto' || choice === 'clock') return 'clock';
  throw new DoorbellError(choice, `only Linux has the doorbell ${choice}; macOS has the clock alone`);
}
