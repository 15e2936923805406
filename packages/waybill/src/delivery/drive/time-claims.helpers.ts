import { HOUR_MS, MINUTE_MS } from '../../duration.ts'
import type { ClaimName, Moment, TimeChange, TimeClaims } from './time-claims.ts'

export const TRUE_MS: number = Date.UTC(2026, 2, 19, 4)
/** `Date` counts whole seconds, so it is read as the middle of one. */
export const HALF_MS = 500
/** Whatever differs from the machine is asked of the window once more after so long. */
export const LASTING_MS: number = MINUTE_MS

/** One thing that happens; `wallOffMs` is how far this machine's clock is from the true time at that moment. */
export type Step = (claims: TimeClaims) => TimeChange | undefined

export const moment = (atMs: number, wallOffMs: number = 0): Moment => ({
  monotonicMs: atMs,
  wallMs: TRUE_MS + atMs + wallOffMs,
})

/** What differs from an answer that is right, of a machine that is right. */
export interface Said {
  /** How far the API's `Date` is from the true time. */
  readonly offMs?: number
  readonly wallOffMs?: number
  readonly from?: string
}

/** An answer that carries a verdict, with a `Date`. */
export const dated =
  (atMs: number, { offMs = 0, wallOffMs = 0, from = 'api' }: Said = {}): Step =>
  (claims) =>
    claims.observe(from, TRUE_MS + atMs + offMs - HALF_MS, moment(atMs, wallOffMs))
/** The same without one. */
export const undated =
  (atMs: number): Step =>
  (claims) =>
    claims.observe('api', Number.NaN, moment(atMs))
export const looked =
  (atMs: number, wallOffMs: number = 0): Step =>
  (claims) =>
    claims.look(moment(atMs, wallOffMs))
/** The window was asked: both canaries of these claims passed. */
export const window =
  (
    atMs: number,
    passed: readonly ClaimName[],
    { wallOffMs = 0, isShort = false, from = 'api' }: Said & { readonly isShort?: boolean } = {},
  ): Step =>
  (claims) => {
    const at = moment(atMs, wallOffMs)
    return claims.judgeWindows(
      claims.claims(at).filter(({ name }) => passed.includes(name)),
      at,
      { from, isShort },
    )
  }
/** Somebody was asked each five minutes until then. */
export const silence =
  (atMs: number, { newestMs = TRUE_MS, wallOffMs = 0 }: Said & { readonly newestMs?: number } = {}): Step =>
  (claims) => {
    for (let askedMs = 0; askedMs < atMs; askedMs += 5 * MINUTE_MS) claims.asked(moment(askedMs))
    claims.asked(moment(atMs))
    return claims.judgeSilence(moment(atMs, wallOffMs), newestMs)
  }

/** That much time went by, and nobody was asked. */
export const unasked =
  (atMs: number): Step =>
  (claims) =>
    claims.judgeSilence(moment(atMs), TRUE_MS)

/** Answers of two servers in turn, of which one is an hour ahead. */
export const inTurn = (...atMs: readonly number[]): readonly Step[] =>
  atMs.map((at, index) => dated(at, { offMs: index % 2 === 0 ? HOUR_MS : 0 }))
