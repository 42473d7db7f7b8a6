import { UsageError } from '../usage-error.js';
import { Users } from '../users.js';
import { nearest } from './nearest.js';

/**
 * Reads a user's name or number.
 *
 * @returns the number
 * @throws UsageError for a name that /etc/passwd does not have
 */
export function parseUser(text: string, users = Users.read()): number {
  if (/^\d+$/.test(text)) return Number(text);
  const uid = users.uid(text);
  if (uid !== undefined) return uid;
  const meant = nearest(text, users.names());
  const suggestion = meant === undefined ? 'its number works too' : `did you mean ${meant}?`;
  throw new UsageError(`no user '${text}' in /etc/passwd (${suggestion})`);
}
