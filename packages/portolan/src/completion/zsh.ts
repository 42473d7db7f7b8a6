import type { CompletableCommand, CompletableOption } from './completable-command.js';

/** The completion script for zsh, to be evaluated or to be kept as `_portolan` on the fpath. */
export function zshScript(commands: readonly CompletableCommand[]): string {
  const names = commands.map(({ name }) => name);
  const first = commands.find(({ isDefault }) => isDefault)?.name ?? '';
  return `#compdef portolan
_portolan() {
  local command=${first}
  local -a commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe -t commands command commands
    return
  fi
  if [[ $words[2] == (${names.join('|')}) ]]; then
    command=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  case $command in
${commands.map(branch).join('\n')}
  esac
}
if [[ $funcstack[1] == _portolan ]]; then
  _portolan "$@"
else
  compdef _portolan portolan
fi
`;
}

function branch({ name, options, values }: CompletableCommand): string {
  const specs = options.flatMap(optionSpecs);
  specs.push(values.length > 0 ? quoted(`1: :(${values.join(' ')})`) : quoted('*: :'));
  return `    ${name})\n      _arguments -s \\\n${specs.map((spec) => `        ${spec}`).join(' \\\n')}\n      ;;`;
}

function optionSpecs({ names, description, takesValue, values }: CompletableOption): string[] {
  const text = description.replaceAll(/[[\]:\\]/g, '\\$&');
  const value = takesValue ? `: :(${values.join(' ')})` : '';
  return names.map((name) =>
    quoted(`(${names.join(' ')})${name}${takesValue && name.startsWith('--') ? '=' : ''}[${text}]${value}`),
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
