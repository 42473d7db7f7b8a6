import type { OptionDefinition } from './option-definition.js';
import { UsageError } from './usage-error.js';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/**
 * Reads a duration: `500ms`, `2s`, `1.5m`, `1h`. A number alone counts seconds.
 *
 * @returns milliseconds
 * @throws UsageError for any other text
 */
export function parseDuration(text: string): number {
  const [, number, unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (number === undefined)
    throw new UsageError(`'${text}' is no duration: expected one like 500ms, 30s or 2m`);
  return Number(number) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** `--interval`, for the commands that look again and again. */
export const INTERVAL_OPTION: OptionDefinition = {
  flags: '--interval <time>',
  description: 'look at least so often (100ms)',
  parse: parseInterval,
};

function parseInterval(text: string): number {
  const ms = parseDuration(text);
  if (ms < 1) throw new UsageError('--interval must be at least 1ms');
  return ms;
}
