import { UsageError } from '../usage-error.js';
import { parseDuration } from './duration.js';
import type { OptionDefinition } from './option-definition.js';

/** `--interval`, as the commands that go on looking take it. */
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
