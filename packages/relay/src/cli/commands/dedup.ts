import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from 'waybill/delivery'
import {
  ACCOUNT_COLUMNS,
  type AccountPage,
  accountsFile,
  type ColumnsTaken,
  type DedupOptions,
  type DedupReport,
  dedup,
  isCostly,
  reportLines,
  type Side,
  type SideInput,
} from '../../dedup/index.ts'
import { FilesError, type Input, loadMapping, type OpenFile, openInput } from '../../files/index.ts'
import { PrivateFile } from '../../files/private-file.ts'
import { EVENT_STATES, type EventState } from '../../store/index.ts'
import { Tally } from '../../upload/tally.ts'
import { limitHeap } from '../heap.ts'
import { count, EXIT, type Io, print, say, style, UsageError } from '../io.ts'
import { createProgress, type Progress } from '../progress.ts'
import { askRelay, withRelay } from '../relay-api.ts'
import { checkReportPath } from '../report-file.ts'

interface DedupCommandOptions {
  readonly relay?: string
  readonly state?: readonly EventState[]
  readonly since?: string
  readonly pixel?: string
  readonly map?: string
  readonly pixelMap?: string
  readonly serverMap?: string
  readonly timeZone?: string
  readonly maxApart?: number
  readonly report?: string
  readonly details?: string
  readonly json?: boolean
}

const UNITS_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }
/** Nobody knows how long the API remembers a key; a day covers every delay that is not an accident. */
const DEFAULT_APART_MS = DAY_MS
/** What the API has counted, or will. */
const DEFAULT_STATES: readonly EventState[] = ['delivered', 'sending', 'queued', 'held']
/** Fewer rows are compared before anybody could read that they are. */
const MANY_ROWS = 100_000
const HELP = `
Without a second file the relay named by --relay (or WAYBILL_RELAY) is the server's side.
Exit codes: 0 nothing costs conversions, 1 something does, 2 wrong use, 3 interrupted.`

export function registerDedup(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('dedup')
    .argument('<pixel-export>', 'CSV, TSV, NDJSON, JSON or Parquet, also gzipped; - is standard input')
    .argument('[server-export]', 'the same for the server')
  withRelay(command)
    .option(
      '--state <states>',
      `the relay's accounts that count as sent (default ${DEFAULT_STATES.join(',')})`,
      readStates,
    )
    .option('--since <time>', "the relay's accounts opened since (ISO 8601)", readTime)
    .option('--pixel <id>', 'Pixel ID of rows that say none, and the only one asked of the relay')
    .option('--map <file>', 'mapping of columns to fields (JSON), for both files')
    .option('--pixel-map <file>', "mapping of the pixel's export")
    .option('--server-map <file>', "mapping of the server's export")
    .option('--time-zone <IANA>', 'zone of times that have no offset, such as Europe/Berlin')
    .option('--max-apart <time>', 'how far apart one conversion may be, as in 90m, 24h, 7d (default 24h)', readDuration)
    .option('--report <file>', 'write the result as JSON')
    .option('--details <file>', 'write every row with its class as NDJSON')
    .addHelpText('after', HELP)
    .action(async (pixel: string, server: string | undefined, options: DedupCommandOptions) =>
      exit(await runDedup(pixel, server, options, io)),
    )
}

function readStates(text: string): EventState[] {
  const states = text.split(',').map((state) => state.trim() as EventState)
  if (states.every((state) => EVENT_STATES.includes(state))) return states
  throw new InvalidArgumentError(`It must be some of ${EVENT_STATES.join(', ')}, with commas between them.`)
}

function readTime(text: string): string {
  if (Number.isNaN(Date.parse(text))) throw new InvalidArgumentError('It must be a time such as 2026-03-01T12:00:00Z.')
  return new Date(text).toISOString()
}

function readDuration(text: string): number {
  const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const unitMs = UNITS_MS[unit]
  if (unitMs === undefined) throw new InvalidArgumentError('It must be a number and s, m, h or d, as in 24h.')
  return Number(number) * unitMs
}

async function runDedup(
  pixel: string,
  server: string | undefined,
  options: DedupCommandOptions,
  io: Io,
): Promise<number> {
  const relay = options.relay ?? (server === undefined ? io.env['WAYBILL_RELAY'] : undefined)
  checkUse(pixel, server, relay, options)
  const inputs: Record<Side, SideInput> = {
    pixel: await fileInput(pixel, options.pixelMap ?? options.map, options, io),
    server:
      server === undefined
        ? relayInput(relay!, options, io)
        : await fileInput(server, options.serverMap ?? options.map, options, io),
  }
  const report = await compareInputs(inputs, options, io)
  if (report === undefined) {
    say(io, `${style(io, 'yellow', 'stopped')}  The run was interrupted, and nothing was compared.`)
    return EXIT.failed
  }
  for (const line of reportLines(report, (colour, text) => style(io, colour, text))) say(io, line)
  if (options.details !== undefined) say(io, `\nEvery row with its class: ${options.details}`)
  if (options.json === true) print(io, JSON.stringify(report))
  if (options.report !== undefined) writeReport(options.report, report)
  return isCostly(report) ? EXIT.refused : EXIT.ok
}

function checkUse(
  pixel: string,
  server: string | undefined,
  relay: string | undefined,
  options: DedupCommandOptions,
): void {
  const { report, details, map, pixelMap, serverMap } = options
  if (pixel === '-' && server === '-') throw new UsageError('Standard input (-) can be read only once: name it once.')
  if (server === undefined && relay === undefined)
    throw new UsageError("Name the server's export after the pixel's, or the relay with --relay <url>.")
  if (server !== undefined && relay !== undefined)
    throw new UsageError('A second file and --relay are both the side of the server: leave one out.')
  const inputs = [pixel, server, map, pixelMap, serverMap].filter((path) => path !== undefined)
  if (report !== undefined) checkReportPath(report, details === undefined ? inputs : [...inputs, details])
  if (details !== undefined && inputs.some((input) => place(input) === place(details)))
    throw new UsageError(`The details ${details} would overwrite a file of this very run: name another with --details.`)
}

function place(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path)
}

async function fileInput(
  path: string,
  map: string | undefined,
  { timeZone }: DedupCommandOptions,
  io: Io,
): Promise<SideInput> {
  const mapping = map === undefined ? undefined : await loadMapping(map)
  let input: Promise<Input | undefined> | undefined
  const open = async (): Promise<OpenFile> => {
    input ??= openInput(path, { stdin: io.stdin, signal: io.signal })
    const opened = await input
    // Whoever asked has been interrupted, and looks at nothing that comes back.
    if (opened === undefined) throw new FilesError(`${path}: the run was interrupted.`)
    return await opened.open()
  }
  return { open, mapping, timeZone }
}

function relayInput(relay: string, { state = DEFAULT_STATES, pixel, since }: DedupCommandOptions, io: Io): SideInput {
  const ask = (query: URLSearchParams): Promise<AccountPage> => askRelay(`/api/events?${query}`, { relay }, io)
  return {
    columns: ACCOUNT_COLUMNS,
    open: async () => accountsFile(`the relay at ${relay}`, { states: state, pixel, since }, ask),
  }
}

async function compareInputs(
  inputs: Readonly<Record<Side, SideInput>>,
  options: DedupCommandOptions,
  io: Io,
): Promise<DedupReport | undefined> {
  // Where the command is a guest in another program's process, that program's heap is none of its business.
  if (io.stdout === process.stdout) limitHeap('file')
  const tally = new Tally()
  const progress = createProgress(io, tally, options.json === true)
  try {
    return await dedup(inputs, {
      pixel: options.pixel,
      maxApartMs: options.maxApart ?? DEFAULT_APART_MS,
      details: options.details,
      signal: io.signal,
      ...talk(io, tally, progress),
    })
  } finally {
    progress.pause()
  }
}

/** What is said while the files are read. */
function talk(io: Io, tally: Tally, progress: Progress): Partial<DedupOptions> {
  return {
    onColumns(side, file, taken) {
      progress.pause()
      sayColumns(io, side, file, taken)
    },
    onRows(file, rows) {
      tally.taken = rows
      tally.report.total = rows
      progress.update(file)
    },
    onTimeless(file, rows, line, issue) {
      const why =
        issue === undefined ? 'no time' : `no time that can be read: ${issue.message} ${issue.hint ?? ''}`.trim()
      const what = `${count(rows, 'row')} compared without a time. The first, line ${line}, has ${why.replace(/\.?$/, '.')}`
      say(io, `${style(io, 'yellow', 'no time')}  ${file.name}: ${what}`)
    },
    onUnreadAmounts(file, rows, line, { message }) {
      const what = `${count(rows, 'amount')} could not be read and ${rows === 1 ? 'was' : 'were'} not compared. The first, line ${line}: ${message}`
      say(io, `${style(io, 'yellow', 'amount ')}  ${file.name}: ${what}`)
    },
    onRead(rows) {
      if (rows >= MANY_ROWS) say(io, `comparing ${count(rows, 'row')}`)
    },
  }
}

function sayColumns(io: Io, side: Side, { name }: OpenFile, { parts, missing }: ColumnsTaken): void {
  const from = parts.map((each) => `${each.part} from ${each.from}`).join(', ')
  say(io, `${style(io, 'cyan', side.padEnd(7))}  ${name}: ${from || 'no column is known'}`)
  if (missing.length === 0) return
  const said = `no column gives ${missing.join(', ')}. Name it with --${side}-map.`
  say(io, `${style(io, 'yellow', 'missing')}  ${name}: ${said}`)
}

function writeReport(path: string, report: DedupReport): void {
  const file = new PrivateFile(path)
  file.write(`${JSON.stringify(report, null, 2)}\n`)
  file.close()
}
