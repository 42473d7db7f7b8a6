/** An option of a command: what commander, the plain parser and completion make theirs of. */
export interface OptionDefinition {
  /** `-t, --tcp`, `--sort <key>`, `--no-processes`. */
  readonly flags: string;
  readonly description: string;
  /** Its values, where they are known. */
  readonly values?: readonly string[];
  /** Makes what the command wants of the text; throws UsageError. */
  readonly parse?: (text: string) => unknown;
  readonly default?: unknown;
  /** It may be given several times, and then is a list; so is one alone. */
  readonly repeatable?: true;
  /** The options, by their long names, that it can't be given with. */
  readonly conflicts?: readonly string[];
}
