import type { Issue } from 'waybill'
import type { KeptForm } from '../../engine/index.ts'
import type { Row } from '../../files/index.ts'
import { marksOf } from '../sent-book/index.ts'
import type { Fated, Taken } from '../taken.ts'

/** Judged events as they go from thread to thread: few large texts and lists of numbers, which cost a tenth of as many objects. */
export interface Pack {
  /** Good ones without a remark, which can go out in one request as they stand. */
  readonly plain: PlainEvents
  readonly others: PackedEvents
  /** Of the file, so far. */
  readonly bytesRead: number
}

export interface PlainEvents extends PackedEvents {
  /** See `marksOf`. */
  readonly marks: Uint8Array<ArrayBuffer>
  /** Of `good.wires`, in UTF-8. */
  readonly bytes: number
}

export interface PackedEvents {
  readonly fates: Uint8Array<ArrayBuffer>
  readonly rowCounts: Uint32Array<ArrayBuffer>
  /** Of the first row of each; 0 where it has none. */
  readonly lines: Float64Array<ArrayBuffer>
  /** The rows of each as JSON, one event a line; `undefined` where nobody wants them. */
  readonly rows: string | undefined
  /** What is to be said of some, by their place. */
  readonly issues: readonly (readonly [at: number, issues: readonly Issue[]])[]
  readonly good: GoodEvents
}

/** In the order of the good ones. */
interface GoodEvents {
  /** One event a line, and commas between them: JSON has no line break of its own. */
  readonly wires: string
  readonly ids: readonly string[]
  readonly timesMs: Float64Array<ArrayBuffer>
  /** Names and shapes are few: each once, and its place for every event. */
  readonly names: readonly string[]
  readonly nameAt: Uint16Array<ArrayBuffer>
  readonly shapes: readonly string[]
  readonly shapeAt: Uint16Array<ArrayBuffer>
  /** Not a number where there is none. */
  readonly amounts: Float64Array<ArrayBuffer>
  readonly currencies: readonly string[]
  readonly currencyAt: Uint16Array<ArrayBuffer>
  /** Of those that wait for their time. */
  readonly waiting: readonly (readonly [at: number, kept: Pick<KeptForm, 'issues' | 'dueMs'>])[]
}

const BETWEEN = ',\n'
const KINDS: readonly Fated['kind'][] = ['good', 'refused', 'duplicate', 'left out']
const NO_ISSUES: readonly Issue[] = []

/** Puts events together that were judged for a store; every good one is in the form that it is kept in. */
export function packed(events: readonly Taken[], bytesRead: number, wantsRows: boolean): Pack {
  const plain = packedEvents(events.filter(isPlain), wantsRows)
  const kept = events.filter(isPlain).map(({ fated }) => (fated as Good).event)
  const others = packedEvents(
    events.filter((event) => !isPlain(event)),
    wantsRows,
  )
  return { plain: { ...plain, marks: marksOf(kept), bytes: Buffer.byteLength(plain.good.wires) }, others, bytesRead }
}

type Good = Extract<Fated, { kind: 'good' }> & { readonly event: KeptForm }

/** Nothing is to be said of it, and it need not wait. */
function isPlain({ fated }: Taken): boolean {
  if (fated.kind !== 'good' || fated.warnings.length > 0) return false
  const { issues, dueMs, id } = fated.event as KeptForm
  return issues.length === 0 && dueMs === undefined && id !== undefined
}

function packedEvents(events: readonly Taken[], wantsRows: boolean): PackedEvents {
  return {
    fates: Uint8Array.from(events, ({ fated }) => KINDS.indexOf(fated.kind)),
    rowCounts: Uint32Array.from(events, ({ rowCount }) => rowCount),
    lines: Float64Array.from(events, ({ line }) => line ?? 0),
    rows: wantsRows ? events.map((event) => JSON.stringify(event.rows())).join('\n') : undefined,
    issues: events.flatMap(({ fated }, at) => {
      const issues = issuesOf(fated)
      return issues.length === 0 ? [] : [[at, issues] as const]
    }),
    good: packedGood(events),
  }
}

function issuesOf(fated: Fated): readonly Issue[] {
  if (fated.kind === 'good') return fated.warnings
  return fated.kind === 'refused' ? fated.issues : NO_ISSUES
}

function packedGood(events: readonly Taken[]): GoodEvents {
  const kept: KeptForm[] = []
  for (const { fated } of events) if (fated.kind === 'good') kept.push(fated.event as KeptForm)
  const names = new Places()
  const shapes = new Places()
  const currencies = new Places()
  return {
    wires: kept.map(({ wire }) => wire).join(BETWEEN),
    ids: kept.map(({ id }) => id ?? ''),
    timesMs: Float64Array.from(kept, ({ timestampMs }) => timestampMs),
    nameAt: Uint16Array.from(kept, ({ name }) => names.of(name)),
    names: names.texts,
    shapeAt: Uint16Array.from(kept, ({ shape }) => shapes.of(shape)),
    shapes: shapes.texts,
    amounts: Float64Array.from(kept, ({ amount = Number.NaN }) => amount),
    currencyAt: Uint16Array.from(kept, ({ currency = '' }) => currencies.of(currency)),
    currencies: currencies.texts,
    waiting: kept.flatMap(({ issues, dueMs }, at) => (dueMs === undefined ? [] : [[at, { issues, dueMs }] as const])),
  }
}

/** Different texts in the order in which they came up. */
class Places {
  readonly texts: string[] = []
  readonly #places = new Map<string, number>()

  of(text: string): number {
    const known = this.#places.get(text)
    if (known !== undefined) return known
    this.#places.set(text, this.texts.length)
    return this.texts.push(text) - 1
  }
}

/** The events of a pack, as they went in; without rows where nobody wanted them. */
export function unpacked({ fates, rowCounts, lines, rows, issues, good }: PackedEvents): Taken[] {
  const said = new Map(issues)
  const kept = unpackedGood(good)
  let goodAt = 0
  return Array.from(fates, (fate, at): Taken => {
    const kind = KINDS[fate]!
    const about = said.get(at) ?? NO_ISSUES
    return {
      fated: kind === 'good' ? { kind, event: kept[goodAt++]!, warnings: about } : fatedOf(kind, about),
      rowCount: rowCounts[at]!,
      line: lines[at] === 0 ? undefined : lines[at]!,
      rows: rows === undefined ? noRows : () => JSON.parse(lineOf(rows, at)) as Row[],
    }
  })
}

const noRows = (): readonly Row[] => []

function fatedOf(kind: Exclude<Fated['kind'], 'good'>, issues: readonly Issue[]): Fated {
  return kind === 'refused' ? { kind, issues } : { kind }
}

function unpackedGood(good: GoodEvents): KeptForm[] {
  const { wires, ids, timesMs, names, nameAt, shapes, shapeAt, waiting } = good
  const texts = wires.split(BETWEEN)
  const later = new Map(waiting)
  return ids.map((id, at) => ({
    name: names[nameAt[at]!]!,
    id,
    wire: texts[at]!,
    shape: shapes[shapeAt[at]!]!,
    timestampMs: timesMs[at]!,
    issues: NO_ISSUES,
    ...moneyOf(good, at),
    ...later.get(at),
  }))
}

function moneyOf({ amounts, currencies, currencyAt }: GoodEvents, at: number): Pick<KeptForm, 'amount' | 'currency'> {
  const amount = amounts[at]!
  return Number.isNaN(amount) ? {} : { amount, currency: currencies[currencyAt[at]!] }
}

/** Looked for from the start: it is asked for only where rows are refused. */
function lineOf(text: string, wanted: number): string {
  let from = 0
  for (let line = 0; line < wanted; line++) from = text.indexOf('\n', from) + 1
  const end = text.indexOf('\n', from)
  return end < 0 ? text.slice(from) : text.slice(from, end)
}
