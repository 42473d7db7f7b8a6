/** The styles of a text, with the parameters that switch them on and off (SGR of ECMA-48). */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  cyan: [36, 39],
  green: [32, 39],
  red: [31, 39],
  yellow: [33, 39],
} as const;

export type Style = keyof typeof STYLES;

/** True if output is coloured. FORCE_COLOR wins, then NO_COLOR (https://no-color.org), then the kind of stream. */
export function wantsColor(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR || env.TERM === 'dumb') return false;
  return isTerminal;
}

/** The text between the escape sequences that switch a style on and off. */
export function styled(text: string, style: Style): string {
  const [on, off] = STYLES[style];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}
