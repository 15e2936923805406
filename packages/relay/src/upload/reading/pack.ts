import type { Issue } from 'waybill'
import type { KeptForm } from '../../engine/index.ts'
import type { Row } from '../../files/index.ts'
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

/**
 * Puts events together that were judged for a store; every good one is in the form that it is kept in. Of each event only texts and numbers
 * are held, so that its rows can be forgotten at once.
 */
export class Packer {
  readonly #wantsRows: boolean
  #plain: Gathered
  #others: Gathered

  constructor(wantsRows: boolean) {
    this.#wantsRows = wantsRows
    this.#plain = new Gathered(wantsRows)
    this.#others = new Gathered(wantsRows)
  }

  /** How many events there are. */
  get size(): number {
    return this.#plain.size + this.#others.size
  }

  add(taken: Taken): void {
    if (isPlain(taken)) this.#plain.add(taken)
    else this.#others.add(taken)
  }

  /** All that was added, once. */
  pack(bytesRead: number): Pack {
    const plain = this.#plain
    const others = this.#others
    this.#plain = new Gathered(this.#wantsRows)
    this.#others = new Gathered(this.#wantsRows)
    return { plain: plain.plainEvents(), others: others.events(), bytesRead }
  }
}

/** Nothing is to be said of it, and it need not wait. */
function isPlain({ fated }: Taken): boolean {
  if (fated.kind !== 'good' || fated.warnings.length > 0) return false
  const { issues, dueMs, id } = fated.event as KeptForm
  return issues.length === 0 && dueMs === undefined && id !== undefined
}

/** Lists that become those of a pack. */
class Gathered {
  readonly #fates: number[] = []
  readonly #rowCounts: number[] = []
  readonly #lines: number[] = []
  readonly #rows: string[] | undefined
  readonly #issues: [at: number, issues: readonly Issue[]][] = []
  readonly #wires: string[] = []
  readonly #ids: string[] = []
  readonly #timesMs: number[] = []
  readonly #amounts: number[] = []
  readonly #names = new Places()
  readonly #shapes = new Places()
  readonly #currencies = new Places()
  readonly #waiting: [at: number, kept: Pick<KeptForm, 'issues' | 'dueMs'>][] = []

  constructor(wantsRows: boolean) {
    this.#rows = wantsRows ? [] : undefined
  }

  get size(): number {
    return this.#fates.length
  }

  add({ fated, rowCount, line = 0, rows }: Taken): void {
    const issues = issuesOf(fated)
    if (issues.length > 0) this.#issues.push([this.size, issues])
    this.#fates.push(KINDS.indexOf(fated.kind))
    this.#rowCounts.push(rowCount)
    this.#lines.push(line)
    this.#rows?.push(JSON.stringify(rows()))
    if (fated.kind === 'good') this.#addGood(fated.event as KeptForm)
  }

  events(): PackedEvents {
    return {
      fates: Uint8Array.from(this.#fates),
      rowCounts: Uint32Array.from(this.#rowCounts),
      lines: Float64Array.from(this.#lines),
      rows: this.#rows?.join('\n'),
      issues: this.#issues,
      good: {
        wires: this.#wires.join(BETWEEN),
        ids: this.#ids,
        timesMs: Float64Array.from(this.#timesMs),
        names: this.#names.texts,
        nameAt: this.#names.list(),
        shapes: this.#shapes.texts,
        shapeAt: this.#shapes.list(),
        amounts: Float64Array.from(this.#amounts),
        currencies: this.#currencies.texts,
        currencyAt: this.#currencies.list(),
        waiting: this.#waiting,
      },
    }
  }

  plainEvents(): PlainEvents {
    const events = this.events()
    return { ...events, bytes: Buffer.byteLength(events.good.wires) }
  }

  #addGood({
    wire,
    id = '',
    timestampMs,
    name,
    shape,
    amount = Number.NaN,
    currency = '',
    issues,
    dueMs,
  }: KeptForm): void {
    if (dueMs !== undefined) this.#waiting.push([this.#wires.length, { issues, dueMs }])
    this.#wires.push(wire)
    this.#ids.push(id)
    this.#timesMs.push(timestampMs)
    this.#names.add(name)
    this.#shapes.add(shape)
    this.#amounts.push(amount)
    this.#currencies.add(currency)
  }
}

function issuesOf(fated: Fated): readonly Issue[] {
  if (fated.kind === 'good') return fated.warnings
  return fated.kind === 'refused' ? fated.issues : NO_ISSUES
}

/** Texts of which few are different, each once, and for every one its place among them. */
class Places {
  readonly texts: string[] = []
  readonly #known = new Map<string, number>()
  readonly #places: number[] = []

  add(text: string): void {
    let place = this.#known.get(text)
    if (place === undefined) {
      place = this.texts.push(text) - 1
      this.#known.set(text, place)
    }
    this.#places.push(place)
  }

  list(): Uint16Array<ArrayBuffer> {
    return Uint16Array.from(this.#places)
  }
}

/** What the marks of good events are made of. */
export function* marked({ ids, wires, names, nameAt }: GoodEvents): Generator<Pick<KeptForm, 'name' | 'id' | 'wire'>> {
  let from = 0
  for (const [at, id] of ids.entries()) {
    const end = wires.indexOf(BETWEEN, from)
    yield { id, name: names[nameAt[at]!]!, wire: wires.slice(from, end < 0 ? wires.length : end) }
    from = end + BETWEEN.length
  }
}

/** Packed events, as they went in; without rows where nobody wanted them. */
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
