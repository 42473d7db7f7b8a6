import { parseArgs } from 'node:util';
import type { OptionDefinition } from './option-definition.js';
import { UsageError } from './usage-error.js';

/** A parsed command line: the options under commander's names for them, and the other words. */
export interface PlainCommandLine<Word> {
  readonly options: Readonly<Record<string, unknown>>;
  readonly words: readonly Word[];
}

/**
 * Parses a command line that has no faults, as commander would. Loading commander takes longer than looking at the
 * ports. Commander is needed only for help, for other commands, and to say what is wrong.
 *
 * @returns undefined if commander must parse it
 */
export function parsePlainly<Word>(
  args: readonly string[],
  definitions: readonly OptionDefinition[],
  parseWord: (text: string) => Word,
): PlainCommandLine<Word> | undefined {
  try {
    const line = parse(args, definitions.map(plainOption));
    return line && { options: line.options, words: line.words.map(parseWord) };
  } catch (error) {
    if (error instanceof UsageError || isParseArgsError(error)) return undefined;
    throw error;
  }
}

interface PlainOption extends OptionDefinition {
  readonly name: string;
  readonly short: string | undefined;
  readonly takesValue: boolean;
  /** `processes` for `--no-processes`. Not given, it is true, or undefined if there is `--processes` too. */
  readonly negated: string | undefined;
}

function plainOption(definition: OptionDefinition): PlainOption {
  const match = /^(?:-(\w), )?--((?:no-)?(\w+))( <\w+>)?$/.exec(definition.flags);
  if (match === null) throw new TypeError(`cannot parse the flags '${definition.flags}'`);
  const [, short, name = '', positive, value] = match;
  const negated = name === positive ? undefined : positive;
  return { ...definition, name, short, negated, takesValue: value !== undefined };
}

function parse(
  args: readonly string[],
  options: readonly PlainOption[],
): PlainCommandLine<string> | undefined {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      options.map(({ name, short, takesValue, repeatable }) => [
        name,
        {
          type: takesValue ? ('string' as const) : ('boolean' as const),
          ...(short && { short }),
          ...(repeatable && { multiple: true }),
        },
      ]),
    ),
  });
  // Commander parses each of several values for one option, and may find the first one wrong.
  const once = tokens.flatMap((token) =>
    token.kind === 'option' && !Array.isArray(values[token.name]) ? [token.name] : [],
  );
  if (new Set(once).size < once.length) return undefined;
  const parsed: Record<string, unknown> = {};
  const names = new Set(options.map(({ name }) => name));
  for (const option of options) {
    const value = values[option.name];
    if (option.negated !== undefined) {
      const hasPositive = names.has(option.negated);
      // Commander takes the last of the two.
      if (value !== undefined && values[option.negated] !== undefined) return undefined;
      if (!hasPositive || value !== undefined) parsed[option.negated] = value === undefined;
    } else if (Array.isArray(value))
      parsed[option.name] = value.map((one) => parsedValue(option, String(one)));
    else if (typeof value === 'string') parsed[option.name] = parsedValue(option, value);
    else if (value ?? option.default) parsed[option.name] = value ?? option.default;
    if (value !== undefined && option.conflicts?.some((other) => values[other] !== undefined))
      return undefined;
  }
  return { options: parsed, words: positionals };
}

function parsedValue({ parse }: OptionDefinition, text: string): unknown {
  return parse?.(text) ?? text;
}

function isParseArgsError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}
