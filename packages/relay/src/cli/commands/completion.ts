import { Argument, type Command } from 'commander'
import { EXIT, type Io, print } from '../io.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** Words of the commands, and what each command takes: `''` has the commands themselves. */
type Words = Readonly<Record<string, readonly string[]>>

export function registerCompletion(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action((shell: Shell) => {
      print(io, SCRIPTS[shell](wordsOf(program)))
      exit(EXIT.ok)
    })
}

function wordsOf(program: Command): Words {
  const ofCommand = (command: Command): string[] => [
    ...command.commands.map((one) => one.name()),
    ...command.options.flatMap(({ long }) => (long ? [long] : [])),
    '--help',
  ]
  const each = program.commands.map((command): [string, string[]] => [command.name(), ofCommand(command)])
  return {
    '': [...program.commands.map((command) => command.name()), '--version', '--help'],
    ...Object.fromEntries(each),
  }
}

const cases = (words: Words, line: (name: string, list: string) => string): string =>
  Object.entries(words)
    .filter(([name]) => name !== '')
    .map(([name, list]) => line(name, list.join(' ')))
    .join('\n')

/** Where no word of ours fits, the shell offers files. */
const SCRIPTS: Readonly<Record<Shell, (words: Words) => string>> = {
  bash: (words) => `_waybill() {
  local words="${words['']!.join(' ')}"
  case "\${COMP_WORDS[1]}" in
${cases(words, (name, list) => `    ${name}) [ "$COMP_CWORD" -gt 1 ] && words="${list}" ;;`)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _waybill waybill`,
  zsh: (words) => `#compdef waybill
_waybill() {
  local -a words_of
  words_of=(${words['']!.join(' ')})
  if (( CURRENT > 2 )); then
    case "$words[2]" in
${cases(words, (name, list) => `      ${name}) words_of=(${list}) ;;`)}
    esac
  fi
  compadd -a words_of || _files
}
compdef _waybill waybill`,
  fish: (words) => `complete -c waybill -n __fish_use_subcommand -a '${words['']!.join(' ')}'
${cases(words, (name, list) => `complete -c waybill -n '__fish_seen_subcommand_from ${name}' -a '${list}'`)}`,
}
