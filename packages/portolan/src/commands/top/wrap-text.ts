import { textWidth, truncateText } from '../../render/text-width.js';

/**
 * Breaks a text into lines of a width, between words if that leaves lines at least half full.
 *
 * @param indent how far the lines after the first are indented
 * @param limit how many lines there may be; the last one is cut
 */
export function wrapText(
  text: string,
  width: number,
  { indent, limit }: { readonly indent: number; readonly limit: number },
): string[] {
  const lines: string[] = [];
  let rest = text;
  while (lines.length < limit - 1 && width > 2 * indent && textWidth(rest) > width) {
    const line = firstLine(rest, width);
    lines.push(line);
    rest = ' '.repeat(indent) + rest.slice(line.length).trimStart();
  }
  return [...lines, truncateText(rest, width)];
}

function firstLine(text: string, width: number): string {
  // A text that is cut one cell later ends with an ellipsis, or with the one character that is too much.
  const full = [...truncateText(text, width + 1)].slice(0, -1).join('');
  const blank = text[full.length] === ' ' ? full.length : full.lastIndexOf(' ');
  return blank * 2 > full.length ? full.slice(0, blank) : full;
}
