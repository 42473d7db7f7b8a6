import { UsageError } from '../usage-error.js';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/**
 * Reads a duration: `500ms`, `2s`, `1.5m`, `1h`; a number alone counts seconds.
 *
 * @returns milliseconds
 * @throws UsageError for what is none
 */
export function parseDuration(text: string): number {
  const [, number, unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (number === undefined)
    throw new UsageError(`'${text}' is no duration: expected one like 500ms, 30s or 2m`);
  return Number(number) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
