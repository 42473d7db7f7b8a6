import { type CompletableCommand, type CompletableOption, NETNS_DIRECTORY } from './completable-command.js';

/** The completion script for zsh. It can be evaluated, or kept as `_portolan` on the fpath. */
export function zshScript(commands: readonly CompletableCommand[]): string {
  const names = commands.map(({ name }) => name);
  const first = commands.find(({ isDefault }) => isDefault)?.name ?? '';
  return `#compdef portolan
_portolan_beginnings() {
  local -a names=(${NETNS_DIRECTORY}/*(N:t))
  compadd -- \${argv:#*:} netns:\${^names}
  compadd -S '' -- \${(M)argv:#*:}
}
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

function optionSpecs({ names, description, takesValue, isRepeatable, values }: CompletableOption): string[] {
  const text = description.replaceAll(/[[\]:\\]/g, '\\$&');
  const value = takesValue ? `: :${valuesAction(values)}` : '';
  const others = isRepeatable ? '*' : `(${names.join(' ')})`;
  return names.map((name) =>
    quoted(`${others}${name}${takesValue && name.startsWith('--') ? '=' : ''}[${text}]${value}`),
  );
}

/** The blank in front keeps zsh from giving the function arguments of its own. */
function valuesAction(values: readonly string[]): string {
  const words = values.join(' ');
  return words.includes(':') ? ` _portolan_beginnings ${words.replaceAll(':', '\\:')}` : `(${words})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
