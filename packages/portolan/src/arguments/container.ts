import { UsageError } from '../usage-error.js';

/**
 * Checks the id of a container, or its name.
 *
 * @throws UsageError for what no container can be called
 */
export function parseContainer(text: string): string {
  if (/^[\da-z][\w.-]*$/i.test(text)) return text;
  throw new UsageError(`'${text}' is neither a container's id nor a name that it can have`);
}
