/** Who may send for a pixel, and when it goes to another relay: decisions about times of a clock that only goes forward. */
import { MINUTE_MS, SECOND_MS } from 'waybill/delivery'
import type { RelayRow } from '../../store/index.ts'

/** A relay renews its row so often. */
export const RENEW_EVERY_MS: number = 2 * SECOND_MS
/** Its claims last so long from the moment at which it asked for the renewal. */
export const LASTS_MS: number = 10 * SECOND_MS
/** With less left no request begins. */
const LEAST_LEFT_MS = 3 * SECOND_MS
/** With less left what is in flight is given up. */
const GIVE_UP_LEFT_MS = SECOND_MS
/** Whoever has not looked for longer has not seen what happened: the store may have been away, for its owner too. */
const LONGEST_GAP_MS = 5 * SECOND_MS
const IDLE_MS = MINUTE_MS
/** A pixel is not given up again before. */
const NOT_AGAIN_MS = 5 * MINUTE_MS
/** So much more another relay may have before one goes to it. */
const FEWER = 2
/** What was given up for another relay, or is better with one, is left to it for so long once there is something to do. */
const LEFT_TO_OTHERS_MS = 4 * SECOND_MS
/** For so long it counts as the other's. */
const LEFT_FOR_MS = MINUTE_MS

/** What a relay may still do with its claims. `none`: nothing, and what is in flight is given up. */
export type Left = 'all' | 'what began' | 'none'

export function leftOf(endMs: number, nowMs: number): Left {
  if (endMs - nowMs >= LEAST_LEFT_MS) return 'all'
  return endMs - nowMs >= GIVE_UP_LEFT_MS ? 'what began' : 'none'
}

/** When {@link leftOf} changes next; `undefined` where it does not. */
export function nextChangeMs(endMs: number, nowMs: number): number | undefined {
  const left = leftOf(endMs, nowMs)
  if (left === 'all') return endMs - LEAST_LEFT_MS + 1
  return left === 'what began' ? endMs - GIVE_UP_LEFT_MS + 1 : undefined
}

/** Since when a relay saw the row of another without a renewal. */
export interface Sighting {
  readonly renewals: number
  readonly sinceMs: number
  readonly lookedAtMs: number
}

export type Sightings = ReadonlyMap<string, Sighting>

/** One look at all rows: when it was asked for, and when its answer came. */
export interface Look {
  readonly askedMs: number
  readonly answeredMs: number
}

export function sight(before: Sightings, rows: readonly RelayRow[], { askedMs, answeredMs }: Look): Sightings {
  return new Map(
    rows.map(({ relay, renewals }) => {
      const seen = before.get(relay)
      const isSame = seen?.renewals === renewals && askedMs - seen.lookedAtMs <= LONGEST_GAP_MS
      return [relay, { renewals, sinceMs: isSame ? seen.sinceMs : answeredMs, lookedAtMs: answeredMs }]
    }),
  )
}

/** Two witnesses: the store's clock says that the row is over, and this relay has itself seen it unrenewed for as long as it lasts. */
export function isGone({ relay, isOwn, isOver }: RelayRow, seen: Sightings, { askedMs }: Look): boolean {
  const sighting = seen.get(relay)
  return !isOwn && isOver && sighting !== undefined && askedMs - sighting.sinceMs >= LASTS_MS
}

/** A pixel that this relay has. */
export interface OwnPixel {
  readonly pixel: string
  /** Something is in flight or leased, or is about to be. */
  readonly isBusy: boolean
  /** When something of it was last due, held or in flight. */
  readonly activeAtMs: number
  readonly givenUpAtMs: number | undefined
}

function mayMove({ isBusy, givenUpAtMs }: OwnPixel, nowMs: number): boolean {
  return !isBusy && (givenUpAtMs === undefined || nowMs - givenUpAtMs >= NOT_AGAIN_MS)
}

export function idleOf(pixels: readonly OwnPixel[], nowMs: number): string[] {
  const isIdle = (one: OwnPixel): boolean => nowMs - one.activeAtMs >= IDLE_MS && mayMove(one, nowMs)
  return pixels.filter(isIdle).map(({ pixel }) => pixel)
}

/** What this relay gave up so that another could take it, by when it did so. */
export type GivenAway = ReadonlyMap<string, number>

/** One that goes to a relay that has at least two fewer; what is on its way there counts as its own. `undefined`: all stay. */
export function oneToGive(
  pixels: readonly OwnPixel[],
  { rows, left, nowMs }: { readonly rows: readonly RelayRow[]; readonly left: GivenAway; readonly nowMs: number },
): string | undefined {
  const underWay = [...left.values()].filter((atMs) => nowMs - atMs < LEFT_FOR_MS).length
  if (fewestOf(rows) + underWay > pixels.length - FEWER) return undefined
  return pixels.find((one) => mayMove(one, nowMs))?.pixel
}

/** Whoever only takes events has no share. */
function takesPart({ isOver, delivers }: RelayRow): boolean {
  return !isOver && delivers
}

function fewestOf(rows: readonly RelayRow[]): number {
  const others = rows.filter((row) => !row.isOwn && takesPart(row))
  return Math.min(...others.map(({ pixels }) => pixels))
}

/** A pixel that nobody has. */
export interface Unclaimed {
  readonly pixel: string
  /** Since when this relay knows that nobody has it. */
  readonly sinceMs: number
  /** When it gave it up itself so that another could take it. */
  readonly leftAtMs: number | undefined
}

/** Which of them this relay takes now: its share, and at first only where others do not have fewer. */
export function toClaim(
  unclaimed: readonly Unclaimed[],
  { own, rows, nowMs }: { readonly own: number; readonly rows: readonly RelayRow[]; readonly nowMs: number },
): string[] {
  const living = Math.max(1, rows.filter((row) => row.isOwn || takesPart(row)).length)
  const hasMore = own >= fewestOf(rows) + FEWER
  const isLeft = ({ sinceMs, leftAtMs }: Unclaimed): boolean => {
    const wasLeft = leftAtMs !== undefined && nowMs - leftAtMs < LEFT_FOR_MS
    return (wasLeft || hasMore) && nowMs - sinceMs < LEFT_TO_OTHERS_MS
  }
  return unclaimed
    .filter((one) => !isLeft(one))
    .slice(0, Math.ceil(unclaimed.length / living))
    .map(({ pixel }) => pixel)
}
