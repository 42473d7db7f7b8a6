import { UsageError } from '../usage-error.js';

/**
 * Checks `NAME` or `NAME=value`, of the environment of a process.
 *
 * @throws UsageError for what is neither
 */
export function parseEnvironment(text: string): string {
  if (text === '' || text.startsWith('='))
    throw new UsageError(`'${text}' is no variable of an environment: expected NAME or NAME=value`);
  return text;
}
