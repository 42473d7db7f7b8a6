const LIMIT = 200;

/**
 * Makes the first line of a text safe to print: 200 characters of printable ASCII at most. Typographic quotation marks
 * become plain ones, any other character a question mark.
 */
export function safeLine(text: string): string {
  const line = text.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  return line
    .trimEnd()
    .slice(0, LIMIT)
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[^\x20-\x7e]/g, '?');
}
