import { MINUTE_MS } from 'waybill/delivery'
import type { ListTotal } from '../reads/index.ts'
import { ACCEPTED, DELIVERED, DISCARDED, END_CODES, PRUNED } from '../state.ts'
import { totalOf } from './groups.ts'
import { isEnd, type Match, type Matched } from './match.ts'
import { type Moment, WHOLE_PIXEL } from './moment.ts'
import type { Counted } from './page.ts'
import type { Piece } from './pieces.ts'
import type { Reading } from './reading.ts'
import { MoneySum, type Summed, sumOfAll, sumOver } from './sums.ts'
import type { Wanted } from './where.ts'

const ENDS = [DELIVERED, DELIVERED + 1, DELIVERED + 2, DISCARDED]
const FORGOTTEN = ENDS.map((kind) => kind + PRUNED)

export interface Total {
  readonly total: ListTotal
  readonly forgotten: number
}

/** What a list counted by itself. */
export function countedTotal(moment: Moment, { events, isExact }: Counted<Matched>): Total {
  const money = new MoneySum()
  for (const { currency, amount } of events) money.add(currency ?? 0, amount ?? 0)
  return { total: { events: events.length, money: money.value(moment), isExact }, forgotten: 0 }
}

/**
 * The total of a list from the roll-up; `undefined` where that does not tell it: of what has not ended it knows no code, and nothing of the
 * accounts of an older version that are not counted yet.
 */
export function* keptTotal(
  moment: Moment,
  match: Match,
  pieces: readonly Piece[] | undefined,
  leased: Leased,
): Reading<Total | undefined> {
  const { state, code, wanted } = match
  if (moment.countedFrom > 0) return undefined
  if (state !== undefined && isEnd(state)) return yield* ofEnds(moment, [END_CODES[state]], wanted, pieces)
  if (code !== undefined) return undefined
  if (state === undefined) return yield* ofAll(moment, wanted, pieces)
  return state === 'sending' ? undefined : yield* ofWaiting(moment, match, pieces, leased)
}

type Pieces = readonly Piece[] | undefined

function sum(
  moment: Moment,
  kinds: readonly number[],
  count: 'flow' | 'ends',
  wanted: Wanted,
  pieces: Pieces,
): Reading<Summed[]> {
  const what = { kinds, count, wanted, by: [] }
  return pieces === undefined ? sumOfAll(moment, what) : sumOver(moment, pieces, what)
}

function* ofEnds(moment: Moment, kinds: readonly number[], wanted: Wanted, pieces: Pieces): Reading<Total> {
  const all = yield* sum(moment, [...kinds, ...kinds.map((kind) => kind + PRUNED)], 'ends', wanted, pieces)
  const forgotten = all.filter(({ kind }) => FORGOTTEN.includes(kind)).reduce((events, each) => events + each.events, 0)
  return { total: exact(moment, all), forgotten }
}

function exact(moment: Moment, summed: readonly Summed[]): ListTotal {
  return { ...totalOf(moment, summed), isExact: true }
}

/** Of a time: what was accepted then. */
function* ofAll(moment: Moment, wanted: Wanted, pieces: Pieces): Reading<Total> {
  if (pieces === undefined) return yield* ofEnds(moment, [ACCEPTED, ...ENDS], wanted, undefined)
  const total = exact(moment, yield* sum(moment, [ACCEPTED], 'flow', wanted, pieces))
  return { total, forgotten: yield* forgottenOf(moment, wanted, pieces) }
}

/** Accepted before the oldest account that is still there. */
function* forgottenOf(moment: Moment, wanted: Wanted, pieces: readonly Piece[]): Reading<number> {
  const oldest = yield* moment.oldestMs()
  if (oldest === undefined) return totalOf(moment, yield* sum(moment, [ACCEPTED], 'flow', wanted, pieces)).events
  const before = pieces
    .map((piece) => ({ ...piece, until: Math.min(piece.until, Math.floor(oldest / MINUTE_MS)) }))
    .filter(({ from, until }) => until > from)
  return totalOf(moment, yield* sum(moment, [ACCEPTED], 'flow', wanted, before)).events
}

/** What has not ended, by pixel and shape, each of which is held or not, less what of it is leased. */
function* ofWaiting(moment: Moment, match: Match, pieces: Pieces, leased: Leased): Reading<Total | undefined> {
  const leasedNow = yield* leased({ ...match, state: undefined, code: undefined }, MAX_LEASED)
  if (leasedNow === undefined) return undefined
  const isHeld = match.state === 'held'
  const isMine = (pixel: number, shape: number): boolean => (moment.hold(pixel, shape) !== undefined) === isHeld
  const what = { kinds: [ACCEPTED], count: 'ends' as const, wanted: match.wanted, by: ['pixel', 'shape'] as const }
  const live = yield* pieces === undefined ? sumOfAll(moment, what) : sumOver(moment, pieces, what)
  const mine = live.filter(({ keys: [pixel = 0, shape = 0] }) => isMine(pixel, shape))
  const away = leasedNow.filter(({ pixel, shape }) => isMine(pixel, shape)).map(asSummed)
  // Under `other` nobody knows which shapes are held.
  const isExact = !live.some(({ keys: [, shape] }) => shape === 0) || [...moment.holds().values()].every(isOfPixel)
  return { total: { ...totalOf(moment, [...mine, ...away]), isExact }, forgotten: 0 }
}

function isOfPixel(shapes: ReadonlyMap<number, unknown>): boolean {
  return shapes.size === 1 && shapes.has(WHOLE_PIXEL)
}

/** More are looked at only by a list that counts itself. */
const MAX_LEASED = 20_000

/** Leased events that a filter means, whatever holds them; `undefined` where they are more than so many. */
export type Leased = (match: Match, limit: number) => Reading<readonly Matched[] | undefined>

function asSummed({ currency, amount }: Matched): Summed {
  return { time: 0, kind: ACCEPTED, currency: currency ?? 0, events: -1, money: -(amount ?? 0), keys: [] }
}
