/**
 * Splits a command into words as a shell does. It knows quotes and backslashes, and nothing else of a shell.
 *
 * @returns undefined when a quote is left open
 */
export function splitWords(command: string): string[] | undefined {
  const words: string[] = [];
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/gsy;
  let word: string | undefined;
  while (piece.lastIndex < command.length) {
    const match = piece.exec(command);
    if (match === null) return undefined;
    const [space, single, double, escaped, plain] = match;
    const text = single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain;
    if (text !== undefined) word = (word ?? '') + text;
    else if (space.trim() === '' && word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
