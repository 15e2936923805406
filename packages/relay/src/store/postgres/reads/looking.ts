/** How lists look through what an index has in the right order: a part at a time, of which only what may match is read whole. */
import { MINUTE_MS } from 'waybill/delivery'
import type { Guide } from '../../answers/guide.ts'
import type { Match } from '../../answers/match.ts'
import type { Moment } from '../../answers/moment.ts'
import { MISSES } from '../../answers/page.ts'
import type { Reading } from '../../answers/reading.ts'
import { conditions, isIn } from '../../answers/where.ts'
import { placeCursor } from '../../cursor.ts'
import { minuteAt } from '../../roll-up/edges.ts'
import { ACCEPTED } from '../../state.ts'
import type { Situation } from '../situation.ts'
import { NONE } from '../terms.ts'
import { situationsAt } from './listed.ts'

/** A place in the order of a list: the newest first, then the later row. */
export interface Place {
  readonly atMs: number
  readonly row: number
}

export function placeAt(cursor: string | undefined, untilMs: number): Place {
  const place = placeCursor(cursor)
  return place === undefined ? { atMs: finite(untilMs), row: 0 } : { atMs: place.endedMs, row: place.row }
}

export function cursorAt({ atMs, row }: Place): string {
  return `${atMs}-${row}`
}

export function finite(timeMs: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(timeMs, Number.MAX_SAFE_INTEGER))
}

/** Where a list looks. */
export interface Source {
  /** Of one pixel, `p.pixel`: gives `at_ms` and `row`, in the order of the list, behind a place. */
  readonly ofPixel: (behind: Place, fromMs: number, limit: number) => string
  /** When each pixel had one last, the newest first. */
  readonly pixels: readonly LastOfPixel[]
  /** On columns of `a` (the account), beside what the filter says. */
  readonly conditions: readonly string[]
  readonly guide: Guide
}

export interface LastOfPixel {
  readonly pixel: number
  readonly lastMs: number
}

/** Looked at together at first, and at most where nothing of it may match. */
const CHUNK = 256
const LOOKED = 2_048
const GROWTH = 4
/** Read whole at a time: a page, and the one behind it. */
const WHOLE = 64
/** Pixels that are looked at together at first. */
const TOGETHER = 16

interface Looked {
  readonly looked: number
  readonly last: readonly [atMs: number, row: number] | null
  readonly rows: readonly number[] | null
}

/** Gives the situations behind a place, chunk by chunk; empty at the end. */
export function lookThrough(
  moment: Moment,
  match: Match,
  source: Source,
  start: Place,
): () => Reading<readonly Situation[] | undefined> {
  const where = [...accountConditions(match), ...source.conditions]
  let chunk = CHUNK
  let place: Place | undefined = start
  let misses = 0
  let found: readonly number[] = []
  return function* () {
    if (found.length > 0) return yield* whole()
    while (place !== undefined) {
      const { looked, last, rows } = yield* look(moment, source, { where, place, fromMs: match.fromMs, chunk })
      place = looked < chunk || last === null ? undefined : { atMs: last[0], row: last[1] }
      misses = rows === null ? misses + looked : 0
      if (place !== undefined && misses >= MISSES) {
        misses = 0
        place = yield* jump(source.guide, place)
      }
      if (rows === null) chunk = Math.min(LOOKED, chunk * GROWTH)
      else {
        found = rows
        return yield* whole()
      }
    }
    return []
  }

  function* whole(): Reading<readonly Situation[]> {
    const some = found.slice(0, WHOLE)
    found = found.slice(WHOLE)
    return yield* situationsAt(moment, some)
  }
}

/** To where the numbers say that there is something. */
function* jump(guide: Guide, place: Place): Reading<Place | undefined> {
  // The minute itself was not looked through to its end.
  const before = yield* guide.before(minuteAt(place.atMs) + 1)
  if (before === undefined) return undefined
  return before * MINUTE_MS <= place.atMs ? { atMs: before * MINUTE_MS, row: 0 } : place
}

/** What a filter says of columns of an account. */
export function accountConditions({ wanted: { name, shape, source } }: Match): string[] {
  const equal = { pixels: undefined, name, shape, source, code: undefined }
  return conditions(equal, 'a').filter((each) => each !== 'a.pixel > 0')
}

interface Looking {
  readonly where: readonly string[]
  readonly place: Place
  readonly fromMs: number
  readonly chunk: number
}

/** Pixels whose last one lies before all that was found need not be looked at. */
function* look(moment: Moment, source: Source, looking: Looking): Reading<Looked> {
  const { place } = looking
  const pixels = source.pixels
  for (let count = TOGETHER; ; count *= 4) {
    const some = pixels.slice(0, count)
    const found = yield* lookAt(
      moment,
      source,
      some.map(({ pixel }) => pixel),
      looking,
    )
    const next = pixels[count]
    if (next === undefined) return found
    if (found.looked === looking.chunk && next.lastMs < Math.min(place.atMs, found.last![0])) return found
  }
}

function* lookAt(moment: Moment, source: Source, pixels: readonly number[], looking: Looking): Reading<Looked> {
  const { where, place, fromMs, chunk } = looking
  if (pixels.length === 0) return { looked: 0, last: null, rows: null }
  const filter = where.length === 0 ? '' : ` filter (where ${where.join(' and ')})`
  const account = where.length === 0 ? '' : 'join waybill_store.account as a on a.row = l.row'
  const sql = `
    with looked as materialized (
      select each.at_ms, each.row from unnest('{${pixels.join()}}'::integer[]) as p (pixel) cross join lateral (
        ${source.ofPixel(place, finite(fromMs), chunk)}) as each
      order by each.at_ms desc, each.row desc limit ${chunk})
    select count(*) as looked, json_agg(l.row order by l.at_ms desc, l.row desc)${filter} as rows,
      (select json_build_array(at_ms, row) from looked order by at_ms, row limit 1) as last
    from looked as l ${account}`
  return (yield* moment.one(sql)) as unknown as Looked
}

/** Pixels that ever had something of a kind that a filter may mean, by when that was last. What arrives has no code yet. */
export function* lastOfPixels(moment: Moment, kind: number, { wanted }: Pick<Match, 'wanted'>): Reading<LastOfPixel[]> {
  const { pixels, name, shape, source } = wanted
  const code = kind === ACCEPTED || wanted.code === NONE ? undefined : wanted.code
  const parts = Object.entries({ name, shape, source, code }).flatMap(([column, value]) =>
    value === undefined ? [] : [`${column} = ${value}`],
  )
  // What came after the first 2,000 keys of a minute has no name, and may be anything.
  const meant = parts.length === 0 ? '' : ` and (name = 0 or (${parts.join(' and ')}))`
  const mine = pixels === undefined ? 'pixel > 0' : isIn('pixel', pixels)
  const found = yield* moment.all(`
    select pixel, max(last) as last from ${moment.tables.known} where kind = ${kind} and ${mine}${meant}
    group by pixel order by 2 desc`)
  return found.map((row) => ({
    pixel: row['pixel'] as number,
    lastMs: ((row['last'] as number) + 1) * MINUTE_MS,
  }))
}
