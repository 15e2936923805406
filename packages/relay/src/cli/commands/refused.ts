import { type Command, InvalidArgumentError } from 'commander'
import { EXIT, type Io, print, say, UsageError } from '../io.ts'
import { askRelay, type RelayOptions, readRelay, withRelay } from '../relay-api.ts'

interface Group {
  readonly pixel: string
  readonly code: string
  readonly events: number
  readonly firstMs: number
  readonly lastMs: number
  readonly samples: readonly { readonly row: number; readonly id?: string; readonly message?: string }[]
}

interface SelectOptions extends RelayOptions {
  readonly pixel?: string
  readonly code?: string
  readonly since?: string
  readonly limit: number
  readonly dryRun?: boolean
}

export function registerRefused(program: Command, io: Io, exit: (code: number) => void): void {
  const refused = program
    .command('refused')
    .description('what was refused: see why, send it again, give it up (a dead letter queue elsewhere)')
  withRelay(refused.command('ls').description('groups by pixel and code, with samples')).action(
    async (options: RelayOptions) => exit(await ls(options, io)),
  )
  const replay = refused.command('replay').description('send refused events again')
  withSelection(replay)
    .option('--rate <events>', 'events per second', positive)
    .action(async (options: SelectOptions & { rate?: number }) => exit(await replayAll(options, io)))
  const discard = refused
    .command('discard')
    .description('end refused events for good')
    .requiredOption('--reason <text>', 'why, for the account')
  withSelection(discard).action(async (options: SelectOptions & { reason: string }) =>
    exit(await discardAll(options, io)),
  )
  withRelay(refused.command('export').description('write the accounts of refused events as NDJSON to stdout'))
    .option('--pixel <id>')
    .option('--code <code>')
    .action(async (options: RelayOptions & { pixel?: string; code?: string }) => exit(await exportAll(options, io)))
}

function withSelection(command: Command): Command {
  return withRelay(command)
    .option('--pixel <id>', 'only of this pixel')
    .option('--code <code>', 'only those refused for this code')
    .option('--since <time>', 'only those refused since (ISO 8601)', readTime)
    .option('--limit <number>', 'events at most', positive, 1_000)
    .option('--dry-run', 'only say how many it would be')
}

function positive(text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a number above 0.')
}

function readTime(text: string): string {
  if (Number.isNaN(Date.parse(text))) throw new InvalidArgumentError('It must be a time such as 2026-03-01T12:00:00Z.')
  return new Date(text).toISOString()
}

async function ls(options: RelayOptions, io: Io): Promise<number> {
  const { groups } = await askRelay<{ groups: Group[] }>('/api/refused', options, io)
  if (options.json === true) print(io, JSON.stringify({ groups }))
  else if (groups.length === 0) say(io, 'Nothing is refused.')
  else for (const group of groups) for (const text of groupLines(group)) print(io, text)
  return EXIT.ok
}

function* groupLines({ pixel, code, events, firstMs, lastMs, samples }: Group): Generator<string> {
  yield `${events.toLocaleString('en-US').padStart(9)}  ${pixel}  ${code}  ${new Date(firstMs).toISOString()} to ${new Date(lastMs).toISOString()}`
  for (const { id = '(no id)', message = '' } of samples) yield `           ${id}: ${message}`
}

function selectionOf({ pixel, code, since }: SelectOptions): object {
  return {
    state: 'refused',
    ...(pixel && { pixel }),
    ...(code && { code }),
    ...(since !== undefined && { since }),
  }
}

async function replayAll(options: SelectOptions & { rate?: number }, io: Io): Promise<number> {
  const { limit, dryRun = false, rate } = options
  const body = { selection: selectionOf(options), limit, dryRun, ...(rate !== undefined && { ratePerSecond: rate }) }
  return tell('/api/refused/replay', body, options, io)
}

async function discardAll(options: SelectOptions & { reason: string }, io: Io): Promise<number> {
  const { limit, dryRun = false, reason } = options
  if (options.pixel === undefined && options.code === undefined && options.since === undefined) {
    throw new UsageError('Say which ones to discard: --pixel, --code or --since.')
  }
  return tell('/api/refused/discard', { selection: selectionOf(options), limit, dryRun, reason }, options, io)
}

async function tell(path: string, body: object, options: RelayOptions, io: Io): Promise<number> {
  const answer = await askRelay<Readonly<Record<string, unknown>>>(path, options, io, { method: 'POST', body })
  if (options.json === true) print(io, JSON.stringify(answer))
  else
    say(
      io,
      Object.entries(answer)
        .map(([word, value]) => `${word}: ${String(value)}`)
        .join(', '),
    )
  return EXIT.ok
}

async function exportAll(options: RelayOptions & { pixel?: string; code?: string }, io: Io): Promise<number> {
  const query = new URLSearchParams()
  if (options.pixel !== undefined) query.set('pixel', options.pixel)
  if (options.code !== undefined) query.set('code', options.code)
  for await (const text of readRelay(`/api/refused/export?${query}`, options, io)) io.stdout.write(text)
  return EXIT.ok
}
