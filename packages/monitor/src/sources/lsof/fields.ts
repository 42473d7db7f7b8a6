import { SourceError } from '../source-error.js';

/** The fields of a process or of an open file, by their letters. `T` comes several times, and stands apart. */
export interface FieldSet {
  readonly fields: ReadonlyMap<string, string>;
  /** TCP information by its name: `ST`, `QR`, `QS`. */
  readonly tcp: ReadonlyMap<string, string>;
}

/**
 * Parses what `lsof -F0` prints (lsof(8), OUTPUT FOR OTHER PROGRAMS). A field is a letter, its value and a NUL. A newline
 * ends the set of a process, which begins with `p`, or of a file of that process, which begins with `f`. No name can forge a
 * field, since none can hold a NUL.
 *
 * @throws SourceError when this is something else, or is cut off
 */
export function readFieldSets(output: string): FieldSet[] {
  if (output === '') return [];
  if (!output.endsWith('\0\n')) throw new SourceError('lsof', 'the output of lsof is cut off');
  return output.slice(0, -2).split('\0\n').map(readFieldSet);
}

function readFieldSet(text: string): FieldSet {
  const fields = new Map<string, string>();
  const tcp = new Map<string, string>();
  for (const field of text.split('\0')) {
    const [, letter, value] = /^([A-Za-z])(.*)$/s.exec(field) ?? [];
    if (letter === undefined || value === undefined)
      throw new SourceError('lsof', 'lsof printed something else than fields');
    const [name = '', ...rest] = value.split('=');
    if (letter === 'T') tcp.set(name, rest.join('='));
    else if (fields.has(letter)) throw new SourceError('lsof', `lsof printed the field ${letter} twice`);
    else fields.set(letter, value);
  }
  return { fields, tcp };
}
