import { type Command, Option } from 'commander'
import { digest, type IdentityKind, NORMALISATIONS } from 'waybill'
import { EXIT, type Io, print, say, style, UsageError } from '../io.ts'

const KINDS = Object.keys(NORMALISATIONS) as IdentityKind[]

interface HashOptions {
  readonly as: IdentityKind
  readonly json?: boolean
}

export function registerHash(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('hash')
    .argument('<value>', 'the raw value; - reads it from standard input, where no process list shows it')
    .addOption(new Option('--as <kind>', 'what it is').choices(KINDS).makeOptionMandatory())
    .option('--json', 'print steps and digest as JSON on stdout')
    .action(async (value: string, options: HashOptions) => exit(await hash(value, options, io)))
}

async function hash(value: string, { as: kind, json }: HashOptions, io: Io): Promise<number> {
  const raw = value === '-' ? await readLine(io) : value
  const result = digest(kind, raw)
  if (!result.ok) {
    throw new UsageError(
      `This is no ${kind} that can be hashed (${result.fault}): expected ${NORMALISATIONS[kind].expects}, or a finished SHA-256 in lower case. Try waybill explain ${result.fault}`,
    )
  }
  const steps = result.alreadyHashed ? [] : stepsOf(kind, raw)
  if (json) print(io, JSON.stringify({ kind, steps, already_hashed: result.alreadyHashed, sha256: result.sha256 }))
  else {
    if (result.alreadyHashed) say(io, 'already a SHA-256: sent as it is')
    for (const { does, gives } of steps) say(io, `${style(io, 'gray', does.padEnd(40))} ${JSON.stringify(gives)}`)
    say(io, style(io, 'gray', 'SHA-256 over UTF-8, lowercase hex'))
    print(io, result.sha256)
  }
  return EXIT.ok
}

function stepsOf(kind: IdentityKind, raw: string): { does: string; gives: string }[] {
  let text = raw
  return NORMALISATIONS[kind].steps.map(({ does, apply }) => {
    text = apply(text)
    return { does, gives: text }
  })
}

async function readLine(io: Io): Promise<string> {
  let text = ''
  for await (const chunk of io.stdin) text += chunk
  return text.replace(/\r?\n$/, '')
}
