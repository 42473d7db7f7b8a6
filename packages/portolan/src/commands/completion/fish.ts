import { type CompletableCommand, type CompletableOption, NETNS_DIRECTORY } from './completable-command.js';

/** The completion script for fish. */
export function fishScript(commands: readonly CompletableCommand[]): string {
  const names = commands.map(({ name }) => name);
  const lines = ['complete -c portolan -f'];
  for (const command of commands) {
    lines.push(
      `complete -c portolan -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.description)}`,
      ...completions(command, names),
    );
  }
  return `${lines.join('\n')}\n`;
}

function completions(
  { name, isDefault, options, values }: CompletableCommand,
  names: readonly string[],
): string[] {
  const others = names.filter((other) => other !== name);
  const condition = quoted(
    isDefault ? `not __fish_seen_subcommand_from ${others.join(' ')}` : `__fish_seen_subcommand_from ${name}`,
  );
  const start = `complete -c portolan -n ${condition}`;
  const lines = options.map((option) => `${start} ${optionText(option)}`);
  if (values.length > 0) lines.push(`${start} -a ${quoted(values.join(' '))}`);
  return lines;
}

function optionText({ names, description, takesValue, values }: CompletableOption): string {
  const forms = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const words = values.includes('netns:') ? [...values, `netns:(ls ${NETNS_DIRECTORY} 2>/dev/null)`] : values;
  const value = takesValue ? [`-x -a ${quoted(words.join(' '))}`] : [];
  return [...forms, ...value, `-d ${quoted(description)}`].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
