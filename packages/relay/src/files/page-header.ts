import { readVarint } from './rle.ts'

interface Span {
  readonly from: number
  readonly to: number
}

/** What the header of a page says, with where it says it. */
export interface PageHeader {
  /** The place behind the header. */
  readonly end: number
  readonly compressedBytes: number
  /** Of a data page of version 2. */
  readonly nested?: {
    readonly values: number
    readonly nulls: Span & { readonly value: number }
    readonly levels: { readonly definitionBytes: number; readonly repetitionBytes: number }
    readonly statistics?: Span
  }
}

/** Types of Thrift's compact protocol. */
const TYPE = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
}
const COMPRESSED_BYTES = 3
const DATA_PAGE_V2 = 8
/** Fields of a data page's header of version 2. */
const FIELD = { values: 1, nulls: 2, definitionBytes: 5, repetitionBytes: 6, statistics: 8 }

interface Field extends Span {
  readonly type: number
  /** Where the field itself begins, its type before its value. */
  readonly start: number
}

/** Reads one header in Thrift's compact protocol, as far as it must: what it does not need it passes over. */
export class HeaderReader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  /** `undefined` for bytes that are no header. */
  read(): PageHeader | undefined {
    const page = new Map<number, Field>()
    const data = new Map<number, Field>()
    const isWhole = this.#struct((id, field) => {
      page.set(id, field)
      if (id !== DATA_PAGE_V2 || field.type !== TYPE.struct) return false
      this.#struct((inner, each) => {
        data.set(inner, each)
        return false
      })
      return true
    })
    const size = page.get(COMPRESSED_BYTES)
    if (!isWhole || size === undefined) return undefined
    const header = { end: this.#at, compressedBytes: this.#number(size) }
    const nested = this.#nested(data)
    return nested === undefined ? header : { ...header, nested }
  }

  #nested(data: ReadonlyMap<number, Field>): PageHeader['nested'] {
    const [values, nulls] = [data.get(FIELD.values), data.get(FIELD.nulls)]
    const [definition, repetition] = [data.get(FIELD.definitionBytes), data.get(FIELD.repetitionBytes)]
    if (values === undefined || nulls === undefined || definition === undefined || repetition === undefined)
      return undefined
    const statistics = data.get(FIELD.statistics)
    return {
      values: this.#number(values),
      nulls: { from: nulls.from, to: nulls.to, value: this.#number(nulls) },
      levels: { definitionBytes: this.#number(definition), repetitionBytes: this.#number(repetition) },
      ...(statistics === undefined ? {} : { statistics: { from: statistics.start, to: statistics.to } }),
    }
  }

  #number({ from }: Field): number {
    const [value] = readVarint(this.#bytes, from)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** Walks through the fields; `take` says whether it has read the value itself. False where the bytes end too soon. */
  #struct(take: (id: number, field: Field) => boolean): boolean {
    let id = 0
    for (;;) {
      if (this.#at >= this.#bytes.length) return false
      const start = this.#at
      const head = this.#bytes[this.#at++]!
      if (head === 0) return true
      const type = head & 0x0f
      if (head >> 4 === 0) id = this.#varint() / 2
      else id += head >> 4
      const from = this.#at
      const to = this.#endOf(type, from)
      if (to === undefined) return false
      const isRead = take(id, { type, start, from, to })
      if (!isRead) this.#at = to
    }
  }

  #varint(): number {
    const [value, next] = readVarint(this.#bytes, this.#at)
    this.#at = next
    return value
  }

  /** The place behind a value; `undefined` for a type that is none. */
  #endOf(type: number, from: number): number | undefined {
    const back = this.#at
    this.#at = from
    const isKnown = this.#skip(type)
    const end = this.#at
    this.#at = back
    return isKnown && end <= this.#bytes.length ? end : undefined
  }

  #skip(type: number): boolean {
    switch (type) {
      case TYPE.true:
      case TYPE.false:
        return true
      case TYPE.byte:
        this.#at += 1
        return true
      case TYPE.i16:
      case TYPE.i32:
      case TYPE.i64:
        this.#varint()
        return true
      case TYPE.double:
        this.#at += 8
        return true
      case TYPE.binary: {
        const length = this.#varint()
        this.#at += length
        return true
      }
      case TYPE.struct:
        return this.#struct(() => false)
      default:
        return type === TYPE.list || type === TYPE.set ? this.#skipList() : false
    }
  }

  #skipList(): boolean {
    const head = this.#bytes[this.#at++] ?? 0
    const size = head >> 4 === 15 ? this.#varint() : head >> 4
    // Of a list of flags each has a byte of its own.
    for (let item = 0; item < size && this.#at < this.#bytes.length; item++) {
      if ((head & 0x0f) <= TYPE.false) this.#at += 1
      else if (!this.#skip(head & 0x0f)) return false
    }
    return true
  }
}
