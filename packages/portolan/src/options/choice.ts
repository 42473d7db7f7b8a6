import type { OptionDefinition } from './option-definition.js';
import { UsageError } from './usage-error.js';

/**
 * Defines an option that takes one of several values.
 *
 * @param flags `--sort <key>`; the messages name the option by its first word
 * @param preset the value if the option is not given
 */
export function choiceOption<T extends string>(
  flags: `--${string}`,
  description: string,
  values: readonly T[],
  preset?: T,
): OptionDefinition {
  const [name = flags] = flags.split(' ');
  return {
    flags,
    description,
    values,
    parse: (text) => parseChoice(text, values, name),
    ...(preset !== undefined && { default: preset }),
  };
}

/**
 * Takes one of several values.
 *
 * @param taker the option or the command that takes it, as the message names it
 * @throws UsageError that lists the values and suggests the nearest one
 */
export function parseChoice<T extends string>(text: string, values: readonly T[], taker: string): T {
  const value = values.find((candidate) => candidate === text);
  if (value !== undefined) return value;
  const meant = nearest(text, values);
  const suggestion = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  throw new UsageError(`${taker} takes ${values.join(', ')}; not '${text}'${suggestion}`);
}

/**
 * Finds the word that a mistyped one probably means.
 *
 * @returns a word that begins with what was typed, or the nearest one within two edits; undefined if there is neither
 */
export function nearest<T extends string>(typed: string, words: readonly T[]): T | undefined {
  const begun = words.find((word) => typed.length > 1 && word.startsWith(typed));
  if (begun !== undefined) return begun;
  let best: T | undefined;
  let bestDistance = 3;
  for (const word of words) {
    const distance = editDistance(typed.slice(0, 40), word);
    if (distance >= bestDistance || 2 * distance > word.length) continue;
    best = word;
    bestDistance = distance;
  }
  return best;
}

/** The number of letters to add, drop or change to turn one word into the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [above, letter] of [...from].entries()) {
    const next = [above + 1];
    for (let index = 1; index <= to.length; index++) {
      const changed = (row[index - 1] ?? 0) + Number(letter !== to[index - 1]);
      next.push(Math.min(changed, (row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
