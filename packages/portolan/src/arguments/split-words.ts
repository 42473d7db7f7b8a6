import { UsageError } from '../usage-error.js';

/**
 * Splits a command into words as a shell does, with its quotes and backslashes and nothing else of it.
 *
 * @throws UsageError where there is no word, or a quote is left open
 */
export function splitWords(command: string): string[] {
  const words: string[] = [];
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/gsy;
  let word: string | undefined;
  while (piece.lastIndex < command.length) {
    const match = piece.exec(command);
    if (match === null) throw new UsageError(`'${command}' has a quote that is not closed`);
    const [space, single, double, escaped, plain] = match;
    const text = single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain;
    if (text !== undefined) word = (word ?? '') + text;
    else if (space.trim() === '' && word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  if (words.length === 0) throw new UsageError('--exec takes a command');
  return words;
}
