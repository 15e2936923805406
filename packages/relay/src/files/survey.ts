import type { ContractSetting } from 'waybill'
import { namesIn } from 'waybill/sources'
import { type ColumnPlan, planColumns } from './column-plan.ts'
import type { CutIds } from './cut-ids.ts'
import type { Doubt } from './doubt.ts'
import { FilesError } from './errors.ts'
import { type KnownExport, knownExport } from './exports/index.ts'
import { idStep } from './field.ts'
import type { OrderKnowledge } from './group.ts'
import { contendersBySlot } from './guess.ts'
import { joinedMapping } from './known-map.ts'
import type { Mapping } from './mapping.ts'
import type { OpenFile } from './open-file.ts'
import type { Repeats } from './order-book.ts'
import type { Row } from './row.ts'
import type { StatusColumn } from './status.ts'
import { doubtsOf, furtherLines } from './survey-doubts.ts'
import { linesUnderOtherIds } from './survey-lines.ts'
import { SurveyReading } from './survey-reading.ts'
import { TableRows } from './table-rows.ts'
import { idColumn, NO_TOTALS, TotalsFinder, totalsNote } from './totals.ts'
import { untilAborted } from './until-aborted.ts'

export interface SurveyOptions {
  readonly mapping?: Mapping | undefined
  readonly timeZone?: string | undefined
  readonly contract?: ContractSetting | undefined
  /** Whether rows are compared and not sent. */
  readonly isComparison?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Called for every batch of rows. */
  readonly onRows?: ((file: OpenFile, rows: number) => void) | undefined
}

/** What the whole file says of its orders beside which of them come up again. */
export interface OrderFindings {
  readonly isAmountOfLines: boolean
  /** Whether a row has an amount below zero. */
  readonly hasRefunds: boolean
  /** Columns of ids that a spreadsheet cut, so that orders can no longer be told apart. */
  readonly cutIds: readonly CutIds[]
}

/** What the whole file says: which column is what, which rows count, which orders come up again. */
export interface Survey extends OrderFindings {
  readonly plan: ColumnPlan
  /** The map that a person gave, with that of a known export under it. */
  readonly mapping: Mapping | undefined
  /** Whether a person gave a map, so that no object is taken for a whole event. */
  readonly isMapped: boolean
  /** What the file is, where its header is that of a known system. */
  readonly known: KnownExport | undefined
  readonly rows: number
  readonly wholeEvents: number
  readonly leftOut: ReadonlyMap<string, number>
  readonly repeats: Repeats
  readonly statuses: readonly StatusColumn[]
  /** Orders that leave the column of the amount empty. */
  readonly ordersWithoutAmount: number
  readonly doubts: readonly Doubt[]
  /** Names of the map that no row has. */
  readonly absent: readonly string[]
  readonly notes: readonly string[]
  /** The first rows, to show what becomes of them. */
  readonly first: readonly Row[]
  /** The zone that the file itself names. */
  readonly fileZone?: string | undefined
  /** Whether this is what an earlier run found. */
  readonly isKept?: boolean
  /** Why the file was not read to its end. */
  readonly fault?: FilesError
}

/** Rows after which the columns are known well enough to look at a few of them only. */
const SAMPLE_ROWS = 1_000
const SAMPLE_CELLS = 1_000_000
/** What is kept of them. */
const FIRST_ROWS = 200
const MAX_READINGS = 4
/** Orders of lines of which this share has different amounts: then the amount is that of a line. */
const DIFFERENT_SHARE = 0.1

/**
 * Reads a file to its end and judges it. A second reading is needed only where the end of the file changed what its beginning seemed to
 * say. Throws `FilesError` for a file that cannot be read at all, and `MappingError` for a map that does not fit.
 */
export async function surveyFile(open: () => Promise<OpenFile>, options: SurveyOptions = {}): Promise<Survey> {
  let before: Before | undefined
  for (let round = 1; ; round++) {
    const file = await open()
    try {
      const reading = new Reading(file, options, before)
      await reading.run()
      if (round >= MAX_READINGS || reading.isSettled()) return reading.survey()
      before = reading.outcome()
    } finally {
      await file.close()
    }
  }
}

/** What the grouping of rows has to know of the whole file. */
export function knowledgeOf({
  plan,
  repeats,
  isAmountOfLines,
  hasRefunds,
}: Pick<Survey, 'plan' | 'repeats' | 'isAmountOfLines' | 'hasRefunds'>): OrderKnowledge {
  const columnAt = (place: string): string | undefined =>
    plan.steps.find(({ field: { part, key } }) => (part === 'event' ? key : `${part}.${key}`) === place)?.column
  const id = idStep(plan.steps)
  return {
    repeats,
    isAmountOfLines,
    hasRefunds,
    isSum: plan.steps.some(({ isSum }) => isSum === true),
    columnOf: (place) => columnAt(place) ?? place,
    orderColumn: plan.groupBy.length > 0 ? plan.columns[plan.groupBy[0]!]! : (id?.column ?? 'id'),
  }
}

/** The findings alone, to be kept or handed on. */
export function findingsOf({ isAmountOfLines, hasRefunds, cutIds }: OrderFindings): OrderFindings {
  return { isAmountOfLines, hasRefunds, cutIds }
}

/** What an earlier reading found, for the next one to go by. */
interface Before {
  readonly plan: ColumnPlan
  readonly totals: readonly string[]
  /** Whether there is something to be decided by sums. */
  readonly addsUp: boolean
}

class Reading {
  readonly #file: OpenFile
  readonly #options: SurveyOptions
  readonly #table: TableRows
  readonly #sample: Row[] = []
  readonly #asked: readonly string[]
  readonly #before: Before | undefined
  #provisional: ColumnPlan | undefined
  #mapping: Mapping | undefined
  #known: KnownExport | undefined
  #counts: SurveyReading | undefined
  #final: ColumnPlan | undefined
  #fault: FilesError | undefined

  constructor(file: OpenFile, options: SurveyOptions, before: Before | undefined) {
    this.#file = file
    this.#options = options
    this.#mapping = options.mapping
    this.#asked = namesOf(options.mapping)
    this.#table = new TableRows(file, this.#asked, options.mapping !== undefined)
    this.#before = before
    this.#provisional = before?.plan
  }

  async run(): Promise<void> {
    const { signal = new AbortController().signal, onRows } = this.#options
    let rows = 0
    try {
      for await (const batch of untilAborted(this.#file.rows, signal)) {
        for (const row of batch) this.#take(row)
        rows += batch.length
        onRows?.(this.#file, rows)
      }
    } catch (error) {
      if (!(error instanceof FilesError) || rows === 0) throw error
      this.#fault = error
    }
    this.#begin()
    this.#counts!.end()
    this.#final = this.#plan(this.#counts!)
  }

  /** Whether the whole file says what its beginning said. */
  isSettled(): boolean {
    const { proven, open } = this.#counts!.totals?.found() ?? NO_TOTALS
    const isDecided = proven.length === 0 && (open.length === 0 || this.#before?.addsUp === true)
    return isDecided && signatureOf(this.#final!) === signatureOf(this.#provisional!)
  }

  outcome(): Before {
    const open = this.#counts!.totals?.found().open ?? []
    return { plan: this.#final!, totals: this.#totals(), addsUp: open.length > 0 || this.#before?.addsUp === true }
  }

  #totals(): string[] {
    return [...(this.#before?.totals ?? []), ...(this.#counts?.totals?.found().proven ?? [])]
  }

  survey(): Survey {
    const counts = this.#counts!
    const plan = this.#final!
    const { doubts, statuses } = doubtsOf({
      plan,
      counts,
      table: this.#table,
      mapping: this.#mapping,
      known: this.#known,
    })
    const isCompared = this.#options.isComparison === true
    const lines =
      furtherLines(plan, this.#sample, this.#table) ??
      (isCompared ? undefined : linesUnderOtherIds(plan, this.#sample, this.#table))
    return {
      plan,
      mapping: this.#mapping,
      isMapped: this.#options.mapping !== undefined,
      known: this.#known,
      rows: counts.rows,
      wholeEvents: counts.wholeEvents,
      leftOut: counts.leftOut,
      repeats: counts.book.repeats(),
      statuses,
      isAmountOfLines: this.#isAmountOfLines(counts),
      hasRefunds: counts.hasRefunds,
      cutIds: counts.cutIds.found(),
      ordersWithoutAmount: counts.ordersWithoutAmount,
      doubts: lines === undefined ? doubts : [...doubts, lines],
      absent: this.#absent(),
      notes: [...this.#file.notes(), ...this.#totalsNote()],
      first: this.#sample.slice(0, FIRST_ROWS),
      fileZone: this.#file.timeZone,
      ...(this.#fault === undefined ? {} : { fault: this.#fault }),
    }
  }

  #totalsNote(): string[] {
    const at = idColumn(this.#final!)
    return at === undefined ? [] : totalsNote(this.#totals(), this.#final!.columns[at]!)
  }

  #take(row: Row): void {
    if (this.#counts !== undefined) return this.#count(row)
    this.#sample.push(row)
    const width = Math.max(1, this.#file.columns?.length ?? Object.keys(row.object ?? {}).length)
    if (this.#sample.length >= SAMPLE_ROWS || this.#sample.length * width >= SAMPLE_CELLS) this.#begin()
  }

  /** The plan that the first rows suggest, and then these rows under it. */
  #begin(): void {
    if (this.#counts !== undefined) return
    if (this.#table.isTyped) for (const row of this.#sample) if (!this.#table.isWhole(row)) this.#table.cellsOf(row)
    this.#recognise()
    const first =
      this.#provisional ??
      this.#plan(this.#look(planColumns(this.#table.columns.slice(), this.#planOptions(undefined))))
    this.#provisional = first
    this.#counts = this.#look(first)
    this.#counts.watch()
  }

  #recognise(): void {
    this.#known = knownExport(this.#table.columns)
    const contract = this.#options.contract ?? '2026-06'
    this.#mapping = joinedMapping(this.#options.mapping, this.#known, this.#table.columns, contract)
  }

  #look(plan: ColumnPlan): SurveyReading {
    // Where rows are compared nothing is sent, and a total has no partner.
    const isCompared = this.#options.isComparison === true
    const said = this.#mapping?.where ?? []
    const totals = isCompared ? undefined : new TotalsFinder(plan, said, this.#before?.addsUp === true)
    const counts = new SurveyReading(plan, this.#table.columns, totals)
    counts.compare(contendersBySlot(this.#table.columns))
    for (const row of this.#sample) this.#count(row, counts)
    return counts
  }

  #count(row: Row, counts: SurveyReading = this.#counts!): void {
    if (this.#table.isWhole(row)) counts.takeWhole(row.object)
    else if (row.aside !== undefined || row.issues !== undefined) counts.takeAside(row)
    else counts.take(row, this.#table.cellsOf(row))
  }

  #plan(counts: SurveyReading): ColumnPlan {
    return planColumns(this.#table.columns.slice(), this.#planOptions(counts))
  }

  #planOptions(cells: SurveyReading | undefined): Parameters<typeof planColumns>[1] {
    const { contract, timeZone, isComparison } = this.#options
    cells?.fill(this.#table.columns)
    const isKnown = this.#known !== undefined
    return {
      mapping: this.#mapping,
      cells,
      contract,
      timeZone,
      fileZone: this.#file.timeZone,
      isKnown,
      isComparison,
      isTyped: this.#table.isTyped,
      totals: this.#totals(),
    }
  }

  #isAmountOfLines({ ordersOfAmounts, ordersOfLines }: SurveyReading): boolean {
    const isSaid =
      this.#options.mapping?.entries.some(({ field }) => field.part === 'data' && field.key === 'amount') ?? false
    return !isSaid && ordersOfAmounts > 0 && ordersOfAmounts >= ordersOfLines * DIFFERENT_SHARE
  }

  #absent(): string[] {
    if (!this.#table.isTyped) return []
    const constants = new Set(this.#final!.constants.map(({ value }) => value))
    return this.#asked.filter(
      (name) => !/[{}]/.test(name) && !constants.has(name) && !this.#table.columns.includes(name),
    )
  }
}

/** What the counting of orders rests on. */
function signatureOf({ steps, where, groupBy, columns }: ColumnPlan): string {
  const named = (parts: readonly (number | string)[]): unknown[] =>
    parts.map((part) => (typeof part === 'number' ? [columns[part]] : part))
  return JSON.stringify([
    steps
      .filter(({ field }) => field.part === 'event' || field.kind === 'decimal')
      .map(({ field, parts }) => [field.name, named(parts)]),
    where.map(({ at }) => columns[at]),
    named(groupBy),
  ])
}

/** The columns that a map speaks of, as far as they can be told from constants. */
function namesOf(mapping: Mapping | undefined): string[] {
  if (mapping === undefined) return []
  const texts = mapping.entries.flatMap((entry) =>
    entry.kind === 'text' ? [entry.text] : entry.kind === 'sum' ? [entry.column] : [],
  )
  const all = [...texts, ...mapping.where.map(({ column }) => column), ...mapping.groupBy, ...mapping.ignore]
  return [...new Set([...all, ...texts.flatMap(namesIn)])]
}
