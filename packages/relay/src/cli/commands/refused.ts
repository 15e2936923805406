import type { Command } from 'commander'
import { findEnded } from '../account.ts'
import { readPositive, readTime } from '../argument.ts'
import { type ColumnCell, columns } from '../columns.ts'
import { complain, EXIT, forTerminal, type Io, print, say, UsageError } from '../io.ts'
import { plain } from '../plain.ts'
import { askRelay, RelayAwayError, type RelayOptions, readRelay, withRelay } from '../relay-api.ts'
import { registerRefusedEdit } from './refused-edit.ts'
import { registerRefusedShow } from './refused-show.ts'
import { registerRefusedSuspects } from './refused-suspects.ts'
import { tell } from './refused-tell.ts'

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

interface ExportOptions extends RelayOptions {
  readonly pixel?: string
  readonly code?: string
  readonly since?: string
  readonly accounts?: boolean
}

export function registerRefused(program: Command, io: Io, exit: (code: number) => void): void {
  const refused = program.command('refused')
  withRelay(refused.command('ls').description('groups by pixel and code, with samples')).action(
    async (options: RelayOptions) => exit(await ls(options, io)),
  )
  registerRefusedShow(refused, io, exit)
  registerRefusedEdit(refused, io, exit)
  const replay = refused
    .command('replay')
    .description('send refused events again: some by id, all, or all that are alike')
  withSelection(replay)
    .option('--rate <events>', 'events per second', readPositive)
    .action(async (ids: string[], options: SelectOptions & { rate?: number }) =>
      exit(await replayAll(ids, options, io)),
    )
  const discard = refused
    .command('discard')
    .description('end refused events for good: some by id, or all that are alike')
    .requiredOption('--reason <text>', 'why, for the account')
  withSelection(discard).action(async (ids: string[], options: SelectOptions & { reason: string }) =>
    exit(await discardAll(ids, options, io)),
  )
  registerRefusedSuspects(refused, io, exit)
  registerExport(refused, io, exit)
}

function registerExport(refused: Command, io: Io, exit: (code: number) => void): void {
  const command = refused
    .command('export')
    .description('write refused events as NDJSON to stdout, each with its reasons, to fix and send again')
    .option('--pixel <id>', 'only of this pixel')
    .option('--code <code>', 'only those refused for this code')
    .option('--since <time>', 'only those refused since (ISO 8601)', readTime)
    .option('--accounts', 'the whole account of each instead')
  withRelay(command).action(async (options: ExportOptions) => exit(await exportAll(options, io)))
}

function withSelection(command: Command): Command {
  return withRelay(command)
    .argument('[ids...]', 'ids, or numbers of rows')
    .option('--pixel <id>', 'only of this pixel')
    .option('--code <code>', 'only those refused for this code')
    .option('--since <time>', 'only those refused since (ISO 8601)', readTime)
    .option('--limit <number>', 'events at most', readPositive, 1_000)
    .option('--dry-run', 'only say how many it would be')
}

async function ls(options: RelayOptions, io: Io): Promise<number> {
  const { groups } = await askRelay<{ groups: Group[] }>('/api/refused', options, io)
  if (options.json === true) print(io, JSON.stringify({ groups }))
  else if (groups.length === 0) say(io, 'Nothing is refused.')
  else for (const text of columns(groups.flatMap(groupRows), io)) print(io, text)
  return EXIT.ok
}

/** The group, and below it what was said of its latest. */
function groupRows({ pixel, code, events, firstMs, lastMs, samples }: Group): (readonly ColumnCell[])[] {
  const times = [firstMs, lastMs].map((ms) => new Date(ms).toISOString().replace(/\.\d+/, '')).join(' to ')
  const group = [
    { text: events.toLocaleString('en-US').padStart(9) },
    { text: `${plain(pixel)}  ${plain(code)}  ${times}`, format: 'red' as const },
  ]
  const latest = samples.map(({ row, id = `(no id, row ${row})`, message = '' }) => [
    { text: '' },
    { text: plain(`${id}: ${message}`) },
  ])
  return [group, ...latest]
}

/** Named events, or all refused ones that are alike. */
async function selectionOf(ids: readonly string[], options: SelectOptions, io: Io): Promise<object> {
  const { pixel, code, since } = options
  if (ids.length === 0)
    return {
      state: 'refused',
      ...(pixel && { pixel }),
      ...(code && { code }),
      ...(since !== undefined && { since }),
    }
  if (code !== undefined || since !== undefined)
    throw new UsageError('Name events, or say which ones with --code and --since, not both.')
  const accounts = []
  for (const id of ids) accounts.push(await findEnded(id, options, io))
  return { rows: accounts.map(({ row }) => row) }
}

async function replayAll(ids: readonly string[], options: SelectOptions & { rate?: number }, io: Io): Promise<number> {
  const { limit, dryRun = false, rate } = options
  const selection = await selectionOf(ids, options, io)
  const body = { selection, limit, dryRun, ...(rate !== undefined && { ratePerSecond: rate }) }
  return tell('/api/refused/replay', body, options, io)
}

async function discardAll(
  ids: readonly string[],
  options: SelectOptions & { reason: string },
  io: Io,
): Promise<number> {
  const { limit, dryRun = false, reason, pixel, code, since } = options
  if (ids.length === 0 && pixel === undefined && code === undefined && since === undefined)
    throw new UsageError('Say which ones to discard: by id, or with --pixel, --code or --since.')
  const selection = await selectionOf(ids, options, io)
  return tell('/api/refused/discard', { selection, limit, dryRun, reason }, options, io)
}

/** An export that breaks off is not a whole one, whatever was written. */
async function exportAll({ pixel, code, since, accounts, ...options }: ExportOptions, io: Io): Promise<number> {
  const wanted = { pixel, code, since, form: accounts === true ? 'accounts' : 'events' }
  const given = Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined)
  let isBegun = false
  try {
    for await (const text of readRelay(`/api/refused/export?${new URLSearchParams(given)}`, options, io)) {
      isBegun = true
      io.stdout.write(forTerminal(text))
    }
  } catch (error) {
    if (!isBegun || !(error instanceof RelayAwayError)) throw error
    complain(io, `${error.message} Not all events were written.`)
    return EXIT.failed
  }
  return EXIT.ok
}
