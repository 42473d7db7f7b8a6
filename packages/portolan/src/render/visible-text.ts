/**
 * Shows every character as an escape that a terminal would obey, hide, or reorder text by: `\x1b`, `\u202e`, `\u{e0041}`.
 * These are Unicode's category C (control, format with the bidirectional ones, lone surrogates, private and
 * unassigned), its line and paragraph separators, and what shows nothing though it is a letter or a mark: the default
 * ignorable characters (DerivedCoreProperties.txt) and the blank pattern of Braille. The backslash is doubled, so that an escape is never
 * mistaken for the same characters in the text itself.
 */
export function visibleText(text: string): string {
  return text.replace(/[\\\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  if (character === '\\') return '\\\\';
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}
