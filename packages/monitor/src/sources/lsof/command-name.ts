/** The bytes that lsof writes as a backslash and a letter, as C does. */
const LETTERS: Readonly<Record<string, number>> = { b: 8, f: 12, n: 10, r: 13, t: 9, '\\': 0x5c };

/**
 * Decodes the name of a process from the printable form of lsof (lsof(8), OUTPUT). Spaces and bytes outside of ASCII are
 * `\xHH`, some control characters are `\n` and the like. The others come as `^X` and stay so, since a name may hold `^X`
 * itself.
 */
export function commandName(printed: string): string {
  const bytes: number[] = [];
  for (const [part, hex, letter] of printed.matchAll(/\\x([0-9a-f]{2})|\\([bfnrt\\])|./gs)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push(LETTERS[letter ?? ''] ?? part.charCodeAt(0));
  }
  return Buffer.from(bytes).toString('utf8');
}
