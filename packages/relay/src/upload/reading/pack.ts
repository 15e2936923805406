import type { Issue, WireEvent } from 'waybill'
import { type KeptForm, keptForm } from '../../engine/accept.ts'
import type { Row } from '../../files/index.ts'
import { keyText } from '../sent-book/mark.ts'
import type { Fated, Taken } from '../taken.ts'

/** Judged events as they go from thread to thread: bytes and lists of numbers, which cost a tenth of as many objects. */
export interface Pack {
  /** Good ones without a remark, which can go out in one request as they stand. */
  readonly plain: PackedEvents
  readonly others: PackedEvents
  /** Of the file, so far. */
  readonly bytesRead: number
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

/** In the order of the good ones; all else of one that is plain is in its JSON. */
interface GoodEvents {
  /** Their JSON in UTF-8, and commas between them. */
  readonly wires: Texts
  /** What each is called, as its mark is made of it. */
  readonly keys: Texts
  /** Each once. */
  readonly shapes: readonly string[]
  readonly oldestMs: number
  readonly newestMs: number
  /** Of those that wait for their time. */
  readonly waiting: readonly (readonly [at: number, kept: Pick<KeptForm, 'issues' | 'dueMs'>])[]
}

/** Texts one after the other, in UTF-8; around them there is room for what stands around events in a body. */
interface Texts {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where each ends; what stands between two is in front of the second one. */
  readonly ends: Uint32Array<ArrayBuffer>
}

const COMMA = ','
const KINDS: readonly Fated['kind'][] = ['good', 'refused', 'duplicate', 'left out']
const NO_ISSUES: readonly Issue[] = []

/**
 * Puts events together that were judged for a store; every good one is in the form that it is kept in. Of each event only texts and numbers
 * are held, so that its rows can be forgotten at once.
 */
export class Packer {
  readonly #wantsRows: boolean
  readonly #rooms = [roomsOf(), roomsOf()] as const
  #plain: Gathered
  #others: Gathered

  constructor(wantsRows: boolean) {
    this.#wantsRows = wantsRows
    this.#plain = new Gathered(this.#rooms[0], wantsRows)
    this.#others = new Gathered(this.#rooms[1], wantsRows)
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
    const pack = { plain: this.#plain.events(), others: this.#others.events(), bytesRead }
    this.#plain = new Gathered(this.#rooms[0], this.#wantsRows)
    this.#others = new Gathered(this.#rooms[1], this.#wantsRows)
    return pack
  }
}

/** Nothing is to be said of it, and it need not wait. */
function isPlain({ fated }: Taken): boolean {
  if (fated.kind !== 'good' || fated.warnings.length > 0) return false
  const { issues, dueMs, id } = fated.event as KeptForm
  return issues.length === 0 && dueMs === undefined && id !== undefined
}

interface Rooms {
  readonly wires: Room
  readonly keys: Room
}

const roomsOf = (): Rooms => ({ wires: new Room(COMMA), keys: new Room('') })

/** Lists that become those of a pack. */
class Gathered {
  readonly #fates: number[] = []
  readonly #rowCounts: number[] = []
  readonly #lines: number[] = []
  readonly #rows: string[] | undefined
  readonly #issues: [at: number, issues: readonly Issue[]][] = []
  readonly #wires: Room
  readonly #keys: Room
  readonly #shapes = new Set<string>()
  readonly #waiting: [at: number, kept: Pick<KeptForm, 'issues' | 'dueMs'>][] = []
  #oldestMs = Number.POSITIVE_INFINITY
  #newestMs = Number.NEGATIVE_INFINITY

  constructor({ wires, keys }: Rooms, wantsRows: boolean) {
    this.#wires = wires
    this.#keys = keys
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
        wires: this.#wires.take(),
        keys: this.#keys.take(),
        shapes: [...this.#shapes],
        oldestMs: this.#oldestMs,
        newestMs: this.#newestMs,
        waiting: this.#waiting,
      },
    }
  }

  #addGood({ wire, id, timestampMs, name, shape, issues, dueMs }: KeptForm): void {
    if (dueMs !== undefined) this.#waiting.push([this.#wires.count, { issues, dueMs }])
    this.#wires.add(wire)
    this.#keys.add(keyText(name, id))
    this.#shapes.add(shape)
    if (timestampMs < this.#oldestMs) this.#oldestMs = timestampMs
    if (timestampMs > this.#newestMs) this.#newestMs = timestampMs
  }
}

function issuesOf(fated: Fated): readonly Issue[] {
  if (fated.kind === 'good') return fated.warnings
  return fated.kind === 'refused' ? fated.issues : NO_ISSUES
}

const FIRST_ROOM = 1024 * 1024
/** Of one unit of a text, in UTF-8. */
const MAX_UNIT_BYTES = 3
/** Bytes that are free before texts and behind them: what stands around events in a body is shorter. */
const AROUND = 256

/**
 * Room for texts as bytes, which is used again: as texts they would be kept by V8 until they are old, with all of the file's text that they
 * are parts of.
 */
class Room {
  readonly #between: string
  #ends: number[] = []
  #room: Buffer = NO_ROOM
  #length = 0

  constructor(between: string) {
    this.#between = between
  }

  get count(): number {
    return this.#ends.length
  }

  add(text: string): void {
    const needed = this.#length + (text.length + this.#between.length) * MAX_UNIT_BYTES
    if (needed > this.#room.length) this.#grow(needed)
    if (this.#ends.length > 0) this.#length += this.#room.write(this.#between, this.#length)
    this.#length += this.#room.write(text, this.#length)
    this.#ends.push(this.#length)
  }

  /** All of them, once. */
  take(): Texts {
    const bytes = new Uint8Array(new ArrayBuffer(this.#length + 2 * AROUND), AROUND, this.#length)
    bytes.set(this.#room.subarray(0, this.#length))
    const ends = Uint32Array.from(this.#ends)
    this.#length = 0
    this.#ends = []
    return { bytes, ends }
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_ROOM, needed, 2 * this.#room.length))
    this.#room.copy(larger, 0, 0, this.#length)
    this.#room = larger
  }
}

const NO_ROOM: Buffer = Buffer.alloc(0)

/** A body that holds the texts, made around them where they lie. */
export function bodyOf({ bytes }: Texts, start: string, end: string): Uint8Array {
  const first = bytes.byteOffset - Buffer.byteLength(start)
  const last = bytes.byteOffset + bytes.length
  const all = Buffer.from(bytes.buffer)
  if (first < 0 || last + Buffer.byteLength(end) > all.length)
    return Buffer.concat([Buffer.from(start), bytes, Buffer.from(end)])
  all.write(start, first)
  return all.subarray(first, last + all.write(end, last))
}

/** The parts of texts that are bytes; `skipped` is what stands between two. */
function* partsOf({ bytes, ends }: Texts, skipped: string): Generator<Buffer> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  let from = 0
  for (const end of ends) {
    yield all.subarray(from, end)
    from = end + skipped.length
  }
}

/** What has to be moved with a pack, and not copied. */
export function movedWith({ plain, others }: Pack): ArrayBuffer[] {
  const texts = [plain, others].flatMap(({ good }) => [good.wires, good.keys])
  return texts.map(({ bytes }) => bytes.buffer)
}

/** What the marks of good events are made of. */
export function* marked({ wires, keys }: GoodEvents): Generator<{ readonly key: Buffer; readonly wire: Buffer }> {
  const texts = partsOf(wires, COMMA)
  for (const key of partsOf(keys, '')) yield { key, wire: texts.next().value as Buffer }
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

function unpackedGood({ wires, waiting }: GoodEvents): KeptForm[] {
  const later = new Map(waiting)
  return Array.from(partsOf(wires, COMMA), (bytes, at) => {
    const wire = bytes.toString('utf8')
    return { ...keptForm(JSON.parse(wire) as WireEvent, NO_ISSUES, Number.POSITIVE_INFINITY, wire), ...later.get(at) }
  })
}

/** Looked for from the start: it is asked for only where rows are refused. */
function lineOf(text: string, wanted: number): string {
  let from = 0
  for (let line = 0; line < wanted; line++) from = text.indexOf('\n', from) + 1
  const end = text.indexOf('\n', from)
  return end < 0 ? text.slice(from) : text.slice(from, end)
}
