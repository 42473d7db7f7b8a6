import { type CompletableCommand, NETNS_DIRECTORY } from './completable-command.js';

/** The completion script for bash. */
export function bashScript(commands: readonly CompletableCommand[]): string {
  const names = commands.map(({ name }) => name);
  const first = commands.find(({ isDefault }) => isDefault)?.name ?? '';
  return `_portolan() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command=${first} names='${names.join(' ')}' words= index
  # bash takes --option=value apart.
  if [[ $word == = ]]; then
    word=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  # And kind:name as well.
  if [[ $word == : || $previous == : ]]; then
    local kind=$previous
    if [[ $word == : ]]; then
      word=
    else
      kind=\${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if [[ $kind == netns ]]; then
      words=$(ls ${NETNS_DIRECTORY} 2>/dev/null)
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    return
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      ${names.join(' | ')})
        command=\${COMP_WORDS[index]} names=
        break
        ;;
    esac
  done
  case "$command $previous" in
${commands.flatMap(branches).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [[ \${#COMPREPLY[@]} == 1 && $COMPREPLY == *: ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _portolan portolan
`;
}

function branches({ name, isDefault, options, values }: CompletableCommand): string[] {
  const withValue = options.filter(({ takesValue }) => takesValue);
  const words = [...values, ...options.flatMap(({ names }) => names)].join(' ');
  return [
    ...withValue.map((option) => {
      const patterns = option.names.map((optionName) => `'${name} ${optionName}'`).join(' | ');
      return `    ${patterns}) words='${option.values.join(' ')}' ;;`;
    }),
    `    '${name} '*) words="${words}${isDefault ? ' $names' : ''}" ;;`,
  ];
}
