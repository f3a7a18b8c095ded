import type { Shell } from '../commands/completion.js';
import type { CliContext } from '../context.js';
import type { GlobalFlags } from '../globals.js';

/**
 * What each shell needs to ask `ironkeel __complete WORD…` for the words that may stand in place of the last
 * one; where there are none the shell completes file names.
 */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_ironkeel() {
  local IFS=$'\\n'
  COMPREPLY=($(ironkeel __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _ironkeel ironkeel
`,
  zsh: `#compdef ironkeel
_ironkeel() {
  local -a words_found
  words_found=("\${(@f)$(ironkeel __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n \${words_found[1]} ]]; then
    compadd -- "\${words_found[@]}"
  else
    _files
  fi
}
compdef _ironkeel ironkeel
`,
  fish: `function __ironkeel_complete
  set -l before (commandline -opc)
  ironkeel __complete $before[2..-1] (commandline -ct) 2>/dev/null
end
complete -c ironkeel -a '(__ironkeel_complete)'
`,
};

/** Prints the completion script of one shell. */
export default function completion(context: CliContext, _flags: GlobalFlags, shell: Shell): void {
  context.out.raw(SCRIPTS[shell]);
}
