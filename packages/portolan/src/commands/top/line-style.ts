import { truncateText } from '../../render/text-width.js';

/** The styles of a whole line (SGR parameters of ECMA-48). Several may be combined. */
const SGR = { bold: 1, dim: 2, reverse: 7, struck: 9, red: 31, green: 32, yellow: 33 } as const;

export type LineStyle = keyof typeof SGR;

const COLORS: readonly LineStyle[] = ['red', 'green', 'yellow'];

/** The text in all these styles, without the colours if there is no colour. */
export function inStyles(text: string, styles: readonly LineStyle[], color: boolean): string {
  const used = styles.filter((style) => color || !COLORS.includes(style));
  return used.length === 0 || text === ''
    ? text
    : `\x1b[${used.map((style) => SGR[style]).join(';')}m${text}\x1b[0m`;
}

/** The text without the styles that Portolan gave it. */
export function withoutStyles(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replaceAll(/\x1b\[[\d;]*m/g, '');
}

/** The line in its styles if it fits a width. Otherwise it is cut, and has no styles. */
export function fittedLine(line: string, width: number): string {
  const text = withoutStyles(line);
  const cut = truncateText(text, width);
  return cut === text ? line : cut;
}
