/** The words behind the first `--` of a command line: commander does not tell which stood there. */
export function wordsBehindDashes(args: readonly string[]): readonly string[] {
  const dashes = args.indexOf('--');
  return dashes < 0 ? [] : args.slice(dashes + 1);
}
