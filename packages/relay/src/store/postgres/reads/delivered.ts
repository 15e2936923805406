import { MINUTE_MS } from 'waybill/delivery'
import { Guide } from '../../answers/guide.ts'
import type { Match } from '../../answers/match.ts'
import type { Moment } from '../../answers/moment.ts'
import { type Gathered, gather, MISSES, type PageAsked } from '../../answers/page.ts'
import type { Reading } from '../../answers/reading.ts'
import { minuteAt } from '../../roll-up/edges.ts'
import { DELIVERED } from '../../state.ts'
import { fromRanges } from '../row-ranges.ts'
import type { Situation } from '../situation.ts'
import { NONE } from '../terms.ts'
import { matches, numbersIn, situationsAt } from './listed.ts'
import { accountConditions, cursorAt, finite, type LastOfPixel, lastOfPixels, type Place, placeAt } from './looking.ts'
import { endedAt } from './time-lists.ts'

/** Blocks that are read at once, and events of them: a page, and the one behind it. */
const BLOCKS = 32
const CHUNK = 64
const TOGETHER = 16

interface Block {
  readonly ended_ms: number
  readonly rows: string
}

/** What was delivered, by the settlements that delivered it, the newest first. */
export function* listDelivered(moment: Moment, match: Match, page: PageAsked): Reading<Gathered<Situation>> {
  const blocks = new Blocks(moment, match, {
    pixels: yield* lastOfPixels(moment, DELIVERED, match),
    start: placeAt(page.cursor, match.untilMs),
  })
  return yield* gather(moment, {
    limit: page.limit,
    read: () => blocks.read(),
    matches: (event) => matches(moment, event, match),
    cursorAt: (event) => cursorAt(endedAt(event)),
  })
}

class Blocks {
  readonly #moment: Moment
  readonly #match: Match
  readonly #pixels: readonly LastOfPixel[]
  readonly #guide: Guide
  /** Places that were found and not read yet, in the order of the list. */
  #found: Place[] = []
  /** Blocks from here on come next; `undefined`: there are no more. */
  #upToMs: number | undefined
  readonly #behind: Place
  #misses = 0

  constructor(
    moment: Moment,
    match: Match,
    { pixels, start }: { readonly pixels: readonly LastOfPixel[]; readonly start: Place },
  ) {
    this.#behind = start
    this.#upToMs = start.atMs
    this.#moment = moment
    this.#match = match
    this.#pixels = pixels
    const { wanted } = match
    this.#guide = new Guide(moment, { kind: DELIVERED, wanted, code: wanted.code ?? 0, areEnds: true })
  }

  *read(): Reading<readonly Situation[]> {
    for (;;) {
      while (this.#found.length === 0) {
        if (this.#upToMs === undefined) return []
        yield* this.#readBlocks(this.#upToMs)
      }
      const some = this.#found.splice(0, CHUNK)
      const rows = yield* this.#meant(some.map(({ row }) => row))
      this.#misses = rows.length === 0 ? this.#misses + some.length : 0
      if (rows.length > 0) return yield* situationsAt(this.#moment, rows)
      if (this.#misses >= MISSES) yield* this.#jump(some.at(-1)!)
    }
  }

  /** Those that a filter may mean, by what their accounts say. */
  *#meant(rows: readonly number[]): Reading<readonly number[]> {
    const where = accountConditions(this.#match)
    if (where.length === 0) return rows
    const found = yield* this.#moment.all(
      `select a.row from waybill_store.account as a where a.row = any ('{${rows.join()}}'::bigint[]) and ${where.join(' and ')}`,
    )
    const meant = new Set(numbersIn(found, 'row'))
    return rows.filter((row) => meant.has(row))
  }

  /** To where the numbers say that there is something. */
  *#jump({ atMs }: Place): Reading<void> {
    this.#misses = 0
    // The minute itself was not looked through to its end.
    const before = yield* this.#guide.before(minuteAt(atMs) + 1)
    if (before !== undefined && before * MINUTE_MS > atMs) return
    this.#found = []
    this.#upToMs = before === undefined ? undefined : before * MINUTE_MS - 1
  }

  /** All of a time at once: rows of blocks of one time are mixed. */
  *#readBlocks(upToMs: number): Reading<void> {
    const some = yield* this.#newest(upToMs)
    const isAll = some.length < BLOCKS
    const lastMs = some.at(-1)?.ended_ms
    const whole = isAll ? some : some.filter(({ ended_ms }) => ended_ms > lastMs!)
    const blocks = whole.length > 0 || isAll ? whole : yield* this.#at(lastMs!)
    this.#upToMs = isAll ? undefined : blocks.at(-1)!.ended_ms - 1
    const behind = this.#behind
    this.#found = blocks
      .flatMap(({ ended_ms, rows }) => fromRanges(rows).map((row) => ({ atMs: ended_ms, row })))
      .filter(({ atMs, row }) => atMs < behind.atMs || (atMs === behind.atMs && row < behind.row))
      .sort((a, b) => b.atMs - a.atMs || b.row - a.row)
  }

  /** Pixels whose last block lies before all that were found need not be looked at. */
  *#newest(upToMs: number): Reading<readonly Block[]> {
    for (let count = TOGETHER; ; count *= 4) {
      const blocks = yield* this.#of(count, `inside.ended_ms <= ${upToMs} and inside.ended_ms >= ${this.#from}`)
      const next = this.#pixels[count]
      if (next === undefined) return blocks
      if (blocks.length === BLOCKS && next.lastMs < Math.min(upToMs, blocks.at(-1)!.ended_ms)) return blocks
    }
  }

  get #from(): number {
    return finite(this.#match.fromMs)
  }

  *#at(endedMs: number): Reading<readonly Block[]> {
    return yield* this.#of(this.#pixels.length, `inside.ended_ms = ${endedMs}`, Number.MAX_SAFE_INTEGER)
  }

  *#of(count: number, where: string, limit: number = BLOCKS): Reading<readonly Block[]> {
    const pixels = this.#pixels.slice(0, count).map(({ pixel }) => pixel)
    const { code } = this.#match.wanted
    const marked = code === undefined || code === NONE ? '' : `inside.code <> 0 and inside.code = ${code} and `
    if (pixels.length === 0) return []
    return (yield* this.#moment.all(`
      select each.ended_ms, each.rows from unnest('{${pixels.join()}}'::integer[]) as p (pixel) cross join lateral (
        select ended_ms, rows from waybill_store.delivery as inside
        where inside.pixel = p.pixel and ${marked}${where} order by ended_ms desc, seq desc limit ${limit}) as each
      order by each.ended_ms desc limit ${limit}`)) as unknown as Block[]
  }
}
