import type { ContractChoice } from './options.ts'
import { LEAD, NOW_MS, ORDER } from './sample.cases.ts'

/** What is laid over an event; `undefined` takes a key away. */
export type Change = Readonly<Record<string, unknown>>

export interface AcceptCase {
  readonly name: string
  readonly event: unknown
  readonly contract?: ContractChoice
}

export interface RefuseCase extends AcceptCase {
  /** Each error as `path code`. */
  readonly errors: readonly string[]
}

const DAY_MS = 86_400_000
export const OLDEST_MS: number = NOW_MS - 7 * DAY_MS
export const LATEST_MS: number = NOW_MS + 10 * 60_000
export const HEX: string = 'a'.repeat(64)
export const EARLY: { readonly contract: '2026-06' } = { contract: '2026-06' }
export const LATE: { readonly contract: '2026-11' } = { contract: '2026-11' }

export function lead(change: Change): unknown {
  return changed(LEAD, change)
}

export function withUser(user: unknown): unknown {
  return lead({ user })
}

export function order(data: Change): unknown {
  return changed(ORDER, { user: undefined, data: changed(ORDER.data, data) })
}

export function orderOf(item: unknown, data: Change = {}): unknown {
  return order({ contents: [item], ...data })
}

export function custom(change: Change, data: Change = {}): unknown {
  return { ...LEAD, type: 'custom', custom_event_name: 'quiz_done', ...change, data: { type: 'custom', ...data } }
}

export function named(name: unknown): unknown {
  return custom({ custom_event_name: name })
}

export function url(sourceUrl: unknown): unknown {
  return lead({ source_url: sourceUrl })
}

export function changed(event: object, change: Change): unknown {
  return JSON.parse(JSON.stringify({ ...event, ...change }))
}
