import { isDeepStrictEqual } from 'node:util'
import type { MappedRow } from './event.ts'
import { fault, hasErrors, type Issue } from './issue.ts'
import type { Row } from './row.ts'

/** One event as the file has it, with all of its rows. */
export interface Candidate {
  /** `duplicate`: a row that says again what a row of the event before it said; it is counted, never sent. */
  readonly kind: 'event' | 'duplicate'
  readonly rows: readonly Row[]
  /** The event in the friendly form, to be checked; `undefined` where no row could be read. */
  readonly input: unknown
  /** Faults of cells and rows. One of severity `error` refuses the event and all of its rows. */
  readonly issues: readonly Issue[]
}

/** Neighbouring rows of one key that are held at once. A file whose id column is the same everywhere must not fill the memory. */
const MAX_GROUP_ROWS = 10_000

type Values = Readonly<Record<string, unknown>>

/** What rows are compared by: the event without its items, and the items. */
interface Split {
  readonly event: Values
  readonly data: Values
  readonly contents: readonly unknown[]
}

/**
 * Makes one event of neighbouring rows with one id, type and custom event name. A row joins if it has items and nothing in it
 * contradicts the first row. One that contradicts is refused alone; one with a faulty cell refuses the whole event.
 * Holds the rows of one event at a time.
 */
export class Grouper {
  #group: Group | undefined

  /** The candidates that are complete now that this row is known. */
  push(mapped: MappedRow): Candidate[] {
    const key = keyOf(mapped)
    if (key === undefined) return mapped.input === undefined ? [alone(mapped)] : [...this.end(), alone(mapped)]
    if (this.#group?.matches(key)) return this.#group.add(mapped)
    const done = this.end()
    this.#group = new Group(key, mapped)
    return done
  }

  /** The last event, when there are no more rows. */
  end(): Candidate[] {
    const group = this.#group
    this.#group = undefined
    return group === undefined ? [] : [group.candidate()]
  }
}

interface Key {
  readonly id: unknown
  readonly type: unknown
  readonly name: unknown
}

/** Events that stood complete in a JSON file are not lines of an order, and rows without an id belong to nothing. */
function keyOf({ input, isWhole }: MappedRow): Key | undefined {
  if (input === undefined || isWhole) return undefined
  const { id, type, customEventName: name } = input as Values
  return id === undefined ? undefined : { id, type, name }
}

function alone({ row, input, issues }: MappedRow): Candidate {
  return { kind: 'event', rows: [row], input, issues }
}

class Group {
  readonly #key: Key
  readonly #first: Values
  readonly #rows: Row[]
  readonly #issues: Issue[]
  /** Made when a second row arrives: most events have one row only. */
  #split: Split | undefined
  #contents: unknown[] = []
  #seen = new Set<string>()

  constructor(key: Key, { row, input, issues }: MappedRow) {
    this.#key = key
    this.#first = input as Values
    this.#rows = [row]
    this.#issues = [...issues]
  }

  /** Later lines of an order often leave out what its first line said, the type included. */
  matches({ id, type, name }: Key): boolean {
    const { id: ownId, type: ownType, name: ownName } = this.#key
    return id === ownId && (type === undefined || type === ownType) && (name === undefined || name === ownName)
  }

  add(mapped: MappedRow): Candidate[] {
    if (this.#rows.length >= MAX_GROUP_ROWS) return [refused(mapped, tooMany())]
    // What an unreadable cell would have said is unknown, so nothing can contradict it: the event is refused whole.
    if (hasErrors(mapped.issues) || hasErrors(this.#issues)) return this.#keep(mapped)
    const first = this.#firstSplit()
    const text = JSON.stringify(mapped.input)
    if (this.#seen.has(text)) return [{ kind: 'duplicate', rows: [mapped.row], input: mapped.input, issues: [] }]
    const later = split(mapped.input as Values)
    if (later.contents.length === 0 || !agrees(first, later)) return [refused(mapped, conflicting())]
    this.#seen.add(text)
    this.#contents.push(...later.contents)
    return this.#keep(mapped)
  }

  candidate(): Candidate {
    const input = this.#rows.length === 1 ? this.#first : this.#joined()
    return { kind: 'event', rows: this.#rows, input, issues: this.#issues }
  }

  #keep(mapped: MappedRow): Candidate[] {
    this.#rows.push(mapped.row)
    this.#issues.push(...mapped.issues)
    return []
  }

  #firstSplit(): Split {
    if (this.#split !== undefined) return this.#split
    this.#split = split(this.#first)
    this.#contents = [...this.#split.contents]
    this.#seen.add(JSON.stringify(this.#first))
    return this.#split
  }

  #joined(): Values {
    const { data } = this.#firstSplit()
    return this.#contents.length === 0 ? this.#first : { ...this.#first, data: { ...data, contents: this.#contents } }
  }
}

function split(input: Values): Split {
  const { data, ...event } = input
  const { contents = [], ...rest } = (data ?? {}) as { contents?: readonly unknown[] }
  return { event, data: rest, contents }
}

/** Whether everything outside the items that the later row says is what the first one says. */
function agrees(first: Split, later: Split): boolean {
  return covers(first.event, later.event) && covers(first.data, later.data)
}

function covers(first: Values, later: Values): boolean {
  return Object.entries(later).every(([key, value]) => {
    const other = first[key]
    return isPlain(value) && isPlain(other) ? covers(other, value) : isDeepStrictEqual(value, other)
  })
}

function isPlain(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refused({ row, input, issues }: MappedRow, issue: Issue): Candidate {
  return { kind: 'event', rows: [row], input, issues: [...issues, issue] }
}

function conflicting(): Issue {
  const message = 'The rows before this one have the same id and type, but say other things of the event.'
  return fault(
    'conflicting_repeat',
    '',
    message,
    'Give each event an id of its own, or make its rows agree in all but the item.',
  )
}

function tooMany(): Issue {
  const message = `More than ${MAX_GROUP_ROWS.toLocaleString('en-US')} neighbouring rows have the same id and type.`
  return fault('conflicting_repeat', '', message, "Check that the id comes from the order's number.")
}
