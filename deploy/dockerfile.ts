/** One instruction of a Dockerfile, continuation lines joined. */
export interface Instruction {
  /** As in `COPY`, in capitals. */
  readonly word: string
  readonly rest: string
}

/** What stands between one FROM and the next. */
export interface Stage {
  readonly base: string
  /** Given with AS; empty without. */
  readonly name: string
  readonly instructions: readonly Instruction[]
}

/** Reads the part of the language that our Dockerfile uses. Throws for a line that is no instruction. */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: { base: string; name: string; instructions: Instruction[] }[] = []
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
  for (const line of lines.filter((one) => one.trim() !== '')) {
    const [, word, rest] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? []
    if (word === undefined || rest === undefined) throw new Error(`No instruction: ${line}`)
    const [, base, name = ''] = word === 'FROM' ? (/^(\S+)(?: AS (\S+))?$/.exec(rest) ?? []) : []
    if (base !== undefined) stages.push({ base, name, instructions: [] })
    else stages.at(-1)?.instructions.push({ word, rest })
  }
  return stages
}

/** Sources and target of a COPY, and the stage that the sources are of; `undefined` for the context. */
export interface Copy {
  readonly from: string | undefined
  readonly sources: readonly string[]
  readonly target: string
}

export function readCopy(rest: string): Copy {
  const words = rest.split(/\s+/)
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length)
  const paths = words.filter((word) => !word.startsWith('--'))
  return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' }
}

/** `NAME=value NAME=value` of an ENV. */
export function readEnv(rest: string): Readonly<Record<string, string>> {
  return Object.fromEntries(rest.split(/\s+/).map((pair) => pair.split('=', 2) as [string, string]))
}

/** The command of a HEALTHCHECK, ENTRYPOINT or CMD, which have to be written as a list. */
export function readCommand(rest: string): readonly string[] {
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[]
}

export function find({ instructions }: Stage, word: string): string {
  const found = instructions.find((instruction) => instruction.word === word)
  if (found === undefined) throw new Error(`The stage has no ${word}.`)
  return found.rest
}

/** Whether a file of the repository is sent to the builder: by the last line of the ignore file that fits it or a folder above it. */
export function isInContext(path: string, ignoreFile: string): boolean {
  const lines = ignoreFile.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const parts = path.split('/')
  const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  const last = lines.findLast((line) => prefixes.some((prefix) => patternOf(line).test(prefix)))
  return last === undefined || last.startsWith('!')
}

function patternOf(line: string): RegExp {
  const pattern = line
    .replace(/^!/, '')
    .replaceAll('.', '\\.')
    .replace(/^\*\*\//, '(?:.*/)?')
    .replace(/(?<![.)])\*/g, '[^/]*')
  return new RegExp(`^${pattern}$`)
}
