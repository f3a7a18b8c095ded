import { command } from '../command.js';
import { SUMMARIES } from '../summaries.js';

export type Shell = 'bash' | 'zsh' | 'fish';
const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

export const completion = command<Record<never, never>, [Shell]>({
  brief: SUMMARIES.completion,
  usage: 'bash|zsh|fish',
  examples: [
    ['source <(ironkeel completion bash)', 'in ~/.bashrc'],
    ['source <(ironkeel completion zsh)', 'in ~/.zshrc, after compinit'],
    ['ironkeel completion fish > ~/.config/fish/completions/ironkeel.fish', 'once'],
  ],
  flags: {},
  positional: {
    kind: 'tuple',
    parameters: [
      { parse: parseShell, placeholder: 'SHELL', brief: 'bash, zsh or fish', proposeCompletions: () => SHELLS },
    ],
  },
  load: () => import('../actions/completion.js'),
});

function parseShell(input: string): Shell {
  const shell = SHELLS.find((each) => each === input);
  if (shell === undefined) throw new RangeError(`no completions for it; there are ${SHELLS.join(', ')}`);
  return shell;
}
