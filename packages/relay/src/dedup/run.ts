import {
  type ColumnPlan,
  createMapper,
  DoubtError,
  FilesError,
  type Issue,
  type Mapping,
  type OpenFile,
  parseMapping,
  planColumns,
  type Row,
  surveyFile,
} from '../files/index.ts'
import { untilAborted } from '../files/until-aborted.ts'
import { compare } from './compare.ts'
import { writeDetails } from './details.ts'
import { Findings } from './findings.ts'
import { sentEvent } from './ledger-row.ts'
import { PixelColumn } from './pixel-column.ts'
import { type DedupReport, reportOf } from './report.ts'
import { RowOutcomes } from './row-outcomes.ts'
import { RowReader } from './row-reader.ts'
import { SIDES, type Side } from './sighting.ts'
import { createSightingStore, type SightingStore } from './sighting-store.ts'
import { type ColumnsTaken, columnsTaken } from './taken.ts'

/** One side's rows, and how they are read. */
export interface SideInput {
  /** Called for each of two readings; for one where the columns are known. */
  readonly open: () => Promise<OpenFile>
  readonly mapping?: Mapping | undefined
  readonly timeZone?: string | undefined
  /** The keys of objects whose form is known, so that nothing has to be found out. */
  readonly columns?: readonly string[] | undefined
}

export interface DedupOptions {
  /** Rows that say no Pixel ID are of this pixel. */
  readonly pixel?: string | undefined
  readonly maxApartMs: number
  /** Where every row is written with its class. */
  readonly details?: string | undefined
  readonly signal: AbortSignal
  readonly onColumns?: (side: Side, file: OpenFile, taken: ColumnsTaken) => void
  /** After each batch, with the rows read so far of both sides. */
  readonly onRows?: (file: OpenFile, rows: number) => void
  readonly onTimeless?: (file: OpenFile, rows: number, line: number, issue: Issue | undefined) => void
  /** Amounts that were there and could not be read, so that they were not compared. */
  readonly onUnreadAmounts?: (file: OpenFile, rows: number, line: number, issue: Issue) => void
  /** All rows of both sides are read. */
  readonly onRead?: (rows: number) => void
}

/** What one side gave. */
interface SideRead {
  source: string
  rows: number
  sightings: number
  /** Rows of a ledger that came by the other channel only. */
  elsewhere: number
  withoutTime: number
  withoutPixel: number
  timeless: { readonly line: number; readonly issue: Issue | undefined } | undefined
  unreadAmounts: number
  unreadAmount: { readonly line: number; readonly issue: Issue } | undefined
}

const NOTHING_READ: SideRead = {
  source: '',
  rows: 0,
  sightings: 0,
  elsewhere: 0,
  withoutTime: 0,
  withoutPixel: 0,
  timeless: undefined,
  unreadAmounts: 0,
  unreadAmount: undefined,
}

interface Work {
  readonly options: DedupOptions
  readonly store: SightingStore
  readonly rowOutcomes: RowOutcomes
  readonly findings: Findings
}

/** Nothing said: columns are found by their names, and objects are read like lines of a table. */
const NO_MAPPING: Mapping = parseMapping({})

/**
 * Reads both sides and compares them. `undefined` when the signal ended it. In memory it keeps 5 bytes a row, the pages of a
 * temporary database, and one group of rows with one id. Throws `FilesError`.
 */
export async function dedup(
  inputs: Readonly<Record<Side, SideInput>>,
  options: DedupOptions,
): Promise<DedupReport | undefined> {
  const rowOutcomes = new RowOutcomes()
  const store = createSightingStore()
  const work: Work = { options, store, rowOutcomes, findings: new Findings() }
  try {
    const read: Partial<Record<Side, SideRead>> = {}
    for (const side of SIDES) read[side] = await readSide(side, inputs[side], work)
    if (options.signal.aborted) return undefined
    return await compareSides(read as Record<Side, SideRead>, work)
  } finally {
    store.close()
  }
}

async function compareSides(
  { pixel, server }: Record<Side, SideRead>,
  { options, store, rowOutcomes, findings }: Work,
): Promise<DedupReport | undefined> {
  const { maxApartMs, signal, details } = options
  options.onRead?.(rowOutcomes.rows)
  const comparesPixels = pixel.withoutPixel === 0 && server.withoutPixel === 0
  const rules = { maxApartMs, comparesPixels }
  const onSettled: Findings['settled'] = (...settled) => findings.settled(...settled)
  if (!(await compare({ store, rowOutcomes, rules, onSettled, signal }))) return undefined
  if (details !== undefined && !(await writeDetails(details, store, rowOutcomes, signal))) return undefined
  return reportOf({ findings, pixel: sideReport(pixel), server: sideReport(server), maxApartMs, comparesPixels })
}

function sideReport({ source, rows, withoutTime }: SideRead): Pick<SideRead, 'source' | 'rows' | 'withoutTime'> {
  return { source, rows, withoutTime }
}

async function readSide(side: Side, input: SideInput, work: Work): Promise<SideRead> {
  const { pixel = '', signal, onColumns, onRows, onTimeless, onUnreadAmounts } = work.options
  const read: SideRead = { ...NOTHING_READ }
  const plan = await planOf(side, input, signal)
  const file = plan && (await openUnlessAborted(() => openSent(input.open, side), signal))
  if (file === undefined) return read
  read.source = file.name
  try {
    const pixelColumn = new PixelColumn(file.columns)
    const reader = new RowReader({ mapper: createMapper(plan!, { isMapped: true }), pixelColumn, pixel })
    for await (const rows of untilAborted(file.rows, signal)) {
      for (const row of rows) take(reader.read(row), side, read, work)
      read.rows += rows.length
      onRows?.(file, work.rowOutcomes.rows)
    }
    onColumns?.(side, file, columnsTaken(plan!, pixelColumn.name))
    if (read.timeless !== undefined) onTimeless?.(file, read.withoutTime, read.timeless.line, read.timeless.issue)
    if (read.unreadAmount !== undefined)
      onUnreadAmounts?.(file, read.unreadAmounts, read.unreadAmount.line, read.unreadAmount.issue)
  } finally {
    await file.close()
  }
  if (!signal.aborted) refuseUnreadable(read, side)
  return read
}

/** Which column is what, by the whole file; `undefined` after an interrupt. Throws `DoubtError` where that has two answers. */
async function planOf(
  side: Side,
  { open, mapping = NO_MAPPING, timeZone, columns }: SideInput,
  signal: AbortSignal,
): Promise<ColumnPlan | undefined> {
  if (columns !== undefined) return planColumns(columns, { mapping, timeZone, isComparison: true })
  let name = ''
  const opened = async (): Promise<OpenFile> => {
    const file = await openSent(open, side)
    name = file.name
    return file
  }
  try {
    const { plan, doubts } = await surveyFile(opened, { mapping, timeZone, signal, isComparison: true })
    const open = doubts.filter(({ code }) => DOUBTS.has(code))
    if (open.length > 0) throw new DoubtError(name, open, 'Nothing was compared.')
    return signal.aborted ? undefined : plan
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** What of a file's doubts would pair the wrong rows; amounts and rowOutcomes only warn. */
const DOUBTS: ReadonlySet<string> = new Set(['ambiguous_column', 'ambiguous_date'])

/** The file with each row as the event that was sent; what went by the other channel is set aside. */
async function openSent(open: SideInput['open'], side: Side): Promise<OpenFile> {
  const file = await open()
  return { ...file, rows: sentRows(file.rows, side) }
}

async function* sentRows(batches: OpenFile['rows'], side: Side): AsyncGenerator<readonly Row[]> {
  for await (const rows of batches) {
    yield rows.map((row) => {
      if (row.object === undefined) return row
      const object = sentEvent(row.object, side)
      return object === undefined ? { line: row.line, raw: '', aside: 'footer' as const } : { ...row, object }
    })
  }
}

/** Opening ends with an error when an interrupt takes standard input away. */
async function openUnlessAborted(open: SideInput['open'], signal: AbortSignal): Promise<OpenFile | undefined> {
  try {
    return signal.aborted ? undefined : await open()
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** Rows of which none can be compared are no result, but a mapping that is missing. */
function refuseUnreadable({ source, rows, sightings, elsewhere }: SideRead, side: Side): void {
  if (rows === 0 || sightings > 0 || elsewhere > 0) return
  const remedy = `Name the columns that hold them with --${side}-map.`
  throw new FilesError(`${source}: no row has an id and an event name, so nothing can be compared. ${remedy}`)
}

function take(
  row: ReturnType<RowReader['read']>,
  side: Side,
  read: SideRead,
  { store, rowOutcomes, findings }: Work,
): void {
  if (row.kind !== 'sighting') {
    if (row.kind === 'other_channel') read.elsewhere += 1
    store.addUncompared(rowOutcomes.add(row.kind), side, row.line, row.reason)
    return findings.uncompared(row.kind, side, row.line, row.reason)
  }
  const { sighting, timeIssue, amountIssue } = row
  store.add(rowOutcomes.add(), side, sighting)
  read.sightings += 1
  if (sighting.pixel === '') read.withoutPixel += 1
  if (amountIssue !== undefined) {
    read.unreadAmounts += 1
    read.unreadAmount ??= { line: sighting.line, issue: amountIssue }
  }
  if (sighting.timeMs !== null) return
  read.withoutTime += 1
  read.timeless ??= { line: sighting.line, issue: timeIssue }
}
