import { FINGERPRINT_WORDS, FingerprintSet, type Found } from '../../files/index.ts'
import type { Store } from '../../store/index.ts'
import { countOf, keyAt, keyOf, markAt } from './mark.ts'

type Notes = Pick<Store, 'getMeta' | 'setMeta'>

/** How a pack ended: the API has all of it, or its events are asked for one by one. */
export type PackEnd = 'delivered' | 'apart'

/** Several packs are under way at a time: where a process died, one may be missing before others that were written. */
const MOST_MISSING = 16
/** With more accounts in the store every event is looked up there. */
const MAX_KEPT = 50_000
const PAGE = 1_000

/**
 * What went out in whole packs under an account: the marks of its events, written before they leave, and a word of how that ended as soon as
 * the answer is here. What earlier runs wrote is looked up; what this run adds is not, since the first reading knows what comes up twice in its file.
 */
export class SentBook {
  readonly #account: string
  readonly #delivered = new FingerprintSet()
  /** Keys of events that may be at the API. */
  readonly #open = new Set<string>()
  /** Keys of events that have an account in the store. */
  readonly #kept = new Set<string>()
  readonly #words = new Uint32Array(FINGERPRINT_WORDS)
  #hasMoreKept = false
  #packs = 0

  private constructor(account: string) {
    this.#account = account
  }

  static async open(store: Store, account: string): Promise<SentBook> {
    const book = new SentBook(account)
    for await (const pack of packsOf(store, account)) book.#read(pack)
    await book.#readKept(store)
    return book
  }

  /** Nothing of it can have been sent before. */
  get isEmpty(): boolean {
    return this.#delivered.isEmpty && this.#open.size === 0
  }

  /** Whether some of these may have been sent before, so that each has to be looked at. */
  meets(marks: Buffer): boolean {
    if (this.#hasMoreKept) return true
    if (this.isEmpty && this.#kept.size === 0) return false
    for (let place = 0; place < countOf(marks); place++) {
      const key = keyAt(marks, place)
      if (this.#open.has(key) || this.#kept.has(key) || this.find(marks, place) !== 'nothing') return true
    }
    return false
  }

  /** Whether an earlier run delivered the event at a place, with the same content or with other. */
  find(marks: Buffer, place: number): Found {
    return this.#delivered.find(markAt(marks, place, this.#words))
  }

  mayBeStored(key: string): boolean {
    return this.#open.has(key)
  }

  /** Resolves with the number of the pack, when it is written down. Until its end is, all of it may be stored. */
  async begin(notes: Pick<Notes, 'setMeta'>, marks: Buffer): Promise<number> {
    const pack = this.#packs++
    await notes.setMeta(packKey(this.#account, pack), marks.toString('base64'))
    return pack
  }

  /** Resolves when it is written down. */
  async end(notes: Pick<Notes, 'setMeta'>, pack: number, how: PackEnd): Promise<void> {
    await notes.setMeta(endKey(this.#account, pack), how)
  }

  /** Nobody knows what became of these. */
  leaveOpen(marks: Buffer): void {
    for (let place = 0; place < countOf(marks); place++) this.#open.add(keyAt(marks, place))
  }

  close(): void {
    this.#delivered.close()
  }

  #read({ pack, end, marks }: Pack): void {
    this.#packs = pack + 1
    if (end === undefined) return this.leaveOpen(marks)
    if (end === 'apart') return
    for (let place = 0; place < countOf(marks); place++)
      if (this.find(marks, place) === 'nothing') this.#delivered.add(this.#words)
  }

  async #readKept(store: Store): Promise<void> {
    let cursor: string | undefined
    do {
      const page = await store.search({ pixel: this.#account, limit: PAGE, ...(cursor !== undefined && { cursor }) })
      for (const { name, id } of page.items) this.#kept.add(keyOf(name, id))
      cursor = page.cursor
    } while (cursor !== undefined && this.#kept.size < MAX_KEPT)
    this.#hasMoreKept = cursor !== undefined
  }
}

interface Pack {
  readonly pack: number
  /** `undefined`: nobody knows. */
  readonly end: string | undefined
  readonly marks: Buffer
}

/** How many events went out in whole packs and were delivered. */
export async function deliveredInPacks(notes: Notes, account: string): Promise<number> {
  let events = 0
  for await (const { end, marks } of packsOf(notes, account)) if (end === 'delivered') events += countOf(marks)
  return events
}

async function* packsOf(notes: Notes, account: string): AsyncGenerator<Pack> {
  for (let pack = 0, missing = 0; missing < MOST_MISSING; pack++) {
    const text = await notes.getMeta(packKey(account, pack))
    missing = text === undefined ? missing + 1 : 0
    if (text === undefined) continue
    yield { pack, end: await notes.getMeta(endKey(account, pack)), marks: Buffer.from(text, 'base64') }
  }
}

function packKey(account: string, pack: number): string {
  return `pack:${account}:${pack}`
}

function endKey(account: string, pack: number): string {
  return `pack-end:${account}:${pack}`
}
