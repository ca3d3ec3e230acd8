import type { ClientCommand } from './command.ts';

export const completionCommand = {
  name: 'completion',
  operands: ['bash|zsh'],
  summary: 'a script with which a shell completes commands and flags',
  description: 'Prints the script for the shell that is named.',
  options: {},
  examples: [
    ['in ~/.bashrc', 'source <(vice completion bash)'],
    ['in ~/.zshrc, after compinit', 'source <(vice completion zsh)'],
  ],
} as const satisfies ClientCommand;
