const LIMIT = 200;

/** The first line of a text, such that it is safe to print: printable ASCII, 200 characters at most. Quotation marks become plain. */
export function safeLine(text: string): string {
  const line = text.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  return line
    .trimEnd()
    .slice(0, LIMIT)
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[^\x20-\x7e]/g, '?');
}
