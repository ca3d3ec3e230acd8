import { readCommand } from '../config/client/command.ts';
import { completionCommand } from '../config/client/completion-command.ts';
import { offers } from '../config/client/words.ts';
import { ConfigurationError } from '../errors/errors.ts';

/** `vice completion bash|zsh`: prints a script that knows every command and flag of this binary, so that completing asks nobody. */
export function run(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { operands } = readCommand(completionCommand, argv, env);
  const [shell] = operands;
  if (shell !== 'bash' && shell !== 'zsh') {
    throw new ConfigurationError(`there is no completion for ${shell}; there is one for bash and one for zsh`);
  }
  process.stdout.write(shell === 'bash' ? bash() : `autoload -Uz bashcompinit && bashcompinit\n${bash()}`);
  return Promise.resolve(0);
}

/** Words decide until the first flag; files are offered where no word is. zsh reads the same script. */
function bash(): string {
  const cases = offers().map(({ after, words }) => `    ${after === '' ? "''" : `'${after}'`}) words='${words.join(' ')}' ;;`);
  return `_vice() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before='' words='' index
  for ((index = 1; index < COMP_CWORD && index < 3; index++)); do
    case "\${COMP_WORDS[index]}" in -*) break ;; esac
    before="\${before:+$before }\${COMP_WORDS[index]}"
  done
  _vice_words "$before" || _vice_words "\${before%% *}"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
_vice_words() {
  case "$1" in
${cases.join('\n')}
    *) return 1 ;;
  esac
}
complete -o default -F _vice vice
`;
}
