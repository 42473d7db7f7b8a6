/** An option of a command. Commander, the plain parser and the completion scripts are all given this. */
export interface OptionDefinition {
  /** `-t, --tcp`, `--sort <key>`, `--no-processes`. */
  readonly flags: string;
  readonly description: string;
  /** The values that it takes, if they are known. */
  readonly values?: readonly string[];
  /** Makes of the text what the command needs; throws UsageError. */
  readonly parse?: (text: string) => unknown;
  readonly default?: unknown;
  /** It may be given several times. Its value is a list, even if it is given once. */
  readonly repeatable?: true;
  /** The options that it cannot be given with, by their long names without `--`. */
  readonly conflicts?: readonly string[];
}
