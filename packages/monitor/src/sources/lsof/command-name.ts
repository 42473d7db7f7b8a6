/** How lsof writes the characters that C has a letter for. */
const LETTERS: Readonly<Record<string, number>> = { b: 8, f: 12, n: 10, r: 13, t: 9, '\\': 0x5c };

/**
 * The name of a process as it is, from the printable form in which lsof gives it (lsof(8), OUTPUT): bytes outside of
 * ASCII and spaces are `\xHH`, others `\n`. A control character that has no letter comes as `^X`, which a name may hold
 * as well: those stay as they are.
 */
export function commandName(printed: string): string {
  const bytes: number[] = [];
  for (const [part, hex, letter] of printed.matchAll(/\\x([0-9a-f]{2})|\\([bfnrt\\])|./gs)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push(LETTERS[letter ?? ''] ?? part.charCodeAt(0));
  }
  return Buffer.from(bytes).toString('utf8');
}
