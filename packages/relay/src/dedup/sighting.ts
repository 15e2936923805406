import { EVENT_NAMES } from 'waybill'
import type { Value } from './value.ts'

/** The two ways that one conversion comes by. */
export type Side = 'pixel' | 'server'

export const SIDES: readonly Side[] = ['pixel', 'server']

/** An event as one channel has it, as far as deduplication and money go; nothing personal. */
export interface Sighting extends Value {
  readonly line: number
  readonly id: string
  /** A standard name, or `custom:` and the custom event name in lower case. */
  readonly name: string
  /** Empty where the row does not say. */
  readonly pixel: string
  /** Unix milliseconds; null where the row has none that can be read. */
  readonly timeMs: number | null
}

const STANDARD: ReadonlySet<string> = new Set(EVENT_NAMES)

/**
 * The name as it stands in the API's key. A text in the column of names that is no standard name is taken for a custom one, because
 * exports write these there; a standard name in other capitals is no standard name, and stays as it is. `undefined`: there is none.
 */
export function keyName(type: string, custom: string): string | undefined {
  const name = type.trim()
  const lower = name.toLowerCase()
  const customName = custom.trim().toLowerCase()
  if (lower === 'custom' || name === '') return customName === '' ? undefined : `custom:${customName}`
  if (lower.startsWith('custom:')) return lower
  if (STANDARD.has(lower)) return name
  return `custom:${lower}`
}
