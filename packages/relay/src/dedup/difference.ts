import { type Spelling, spellingDifference } from './fold-id.ts'
import { apartMs } from './pair-up.ts'
import type { RowClass } from './row-class.ts'
import type { Sighting } from './sighting.ts'
import { valueDifference } from './value.ts'

/** What the two rows of a pair differ in beside their class. */
export interface Difference {
  /** By how much the server's time is later, milliseconds. */
  readonly apartMs?: number
  readonly spelling?: readonly Spelling[]
  /** Of a matched pair: what the API takes from whichever side comes first. */
  readonly value?: 'value' | 'currency'
}

export function differenceOf(rowClass: RowClass, pixel: Sighting, server: Sighting): Difference {
  const ms = apartMs(pixel, server)
  const value = rowClass === 'matched' ? valueDifference(pixel, server) : undefined
  return {
    ...(ms === null ? {} : { apartMs: ms }),
    ...(rowClass === 'id_spelling' ? { spelling: spellingDifference(pixel.id, server.id) } : {}),
    ...(value === undefined ? {} : { value }),
  }
}
