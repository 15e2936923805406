import type { Mark } from '../mark.ts'
import type { Range } from './filter.ts'
import type { Groups } from './groups.ts'
import type { Latency, Now } from './overview.ts'
import type { Series } from './series.ts'

/** What the sentence of Today is made of: one question, read at one moment. */
export interface SentenceQuestion extends Range {
  readonly pixels?: readonly string[]
  readonly nowMs: number
  /** Default `quarter`. */
  readonly step?: 'quarter' | 'hour'
}

export interface SentenceInputs {
  readonly now: Now
  /** Accepted, delivered, refused, expired in the range, with four weeks before. */
  readonly whole: Series
  /** Accepted by source, with four weeks before. */
  readonly bySource: Series
  /** Refused (flow) by source and code. */
  readonly refused: Groups
  readonly latency: Latency
  readonly marks: readonly Mark[]
}
