import { SOURCE_NAMES, type SourceName } from '@portolan/monitor';
import { UsageError } from '../usage-error.js';
import { parseChoice } from './choice.js';
import type { OptionDefinition } from './option-definition.js';

/** What `--source` takes: `auto`, or some of the others with commas between them. */
const SOURCE_VALUES = ['auto', ...SOURCE_NAMES] as const;

/**
 * Reads `auto`, `proc`, `ss,proc`.
 *
 * @throws UsageError for a source that does not exist
 */
export function parseSources(text: string): 'auto' | SourceName[] {
  const sources: SourceName[] = [];
  for (const part of text.split(',')) {
    const source = parseChoice(part, SOURCE_VALUES, '--source');
    if (source !== 'auto') sources.push(source);
    else if (text === source) return source;
    else throw new UsageError(`--source auto is the best that works, and stands alone: not '${text}'`);
  }
  return sources;
}

/** `--source`, as every command that looks takes it. */
export const SOURCE_OPTION: OptionDefinition = {
  flags: '--source <list>',
  description: 'where to look; with several, the first that works answers',
  values: SOURCE_VALUES,
  parse: parseSources,
  default: 'auto',
};
