/** Completion scripts by shell. Each asks `eddy completion complete -- WORDS…`, the last word being the one that is typed. */
export const completionScripts: Readonly<Record<string, string>> = {
  bash: `# bash completion for eddy
_eddy() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(eddy completion complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _eddy eddy
`,
  zsh: `#compdef eddy
_eddy() {
  local -a found
  found=("\${(@f)$(eddy completion complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
compdef _eddy eddy
`,
  fish: `# fish completion for eddy
function __eddy_complete
  set -l words (commandline -opc) (commandline -ct)
  eddy completion complete -- $words[2..-1] 2>/dev/null
end
complete -c eddy -f -a '(__eddy_complete)'
`,
};
