import { UsageError } from '../usage-error.js';
import { nearest } from './nearest.js';

/**
 * Takes one of several values.
 *
 * @throws UsageError naming them, and the one that was probably meant
 */
export function parseChoice<T extends string>(text: string, values: readonly T[], option: string): T {
  const value = values.find((candidate) => candidate === text);
  if (value !== undefined) return value;
  const meant = nearest(text, values);
  const suggestion = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  throw new UsageError(`${option} takes ${values.join(', ')}; not '${text}'${suggestion}`);
}
