const LIMIT = 300;

/** The first line of what somebody else wrote, as one that is safe to print; at most 300 characters. */
export function printableLine(text: string): string {
  const line = text.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  return line.slice(0, LIMIT).replace(/[^\x20-\x7e]/g, '?');
}
