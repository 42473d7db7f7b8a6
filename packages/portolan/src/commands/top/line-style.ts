import { truncateText } from '../../render/text-width.js';

/** The ways a whole line can stand out (SGR parameters of ECMA-48). */
const SGR = { bold: 1, dim: 2, reverse: 7, struck: 9, red: 31, green: 32, yellow: 33 } as const;

export type Ink = keyof typeof SGR;

const COLORS: readonly Ink[] = ['red', 'green', 'yellow'];

/** The text in all these inks, but for colours where there are none. */
export function inked(text: string, inks: readonly Ink[], color: boolean): string {
  const used = inks.filter((ink) => color || !COLORS.includes(ink));
  return used.length === 0 || text === ''
    ? text
    : `\x1b[${used.map((ink) => SGR[ink]).join(';')}m${text}\x1b[0m`;
}

/** The text without the inks and styles that Portolan gave it. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replaceAll(/\x1b\[[\d;]*m/g, '');
}

/** The line in its styles where it fits a width; cut, and plain, where it does not. */
export function fitted(line: string, width: number): string {
  const text = plain(line);
  const cut = truncateText(text, width);
  return cut === text ? line : cut;
}
