import type { Cause } from '../api/shapes.ts'

/** How a language tells a cause: the sentence that Today begins with. */
export type CauseWords = Readonly<Record<Cause['kind'], (cause: Cause, parts: CauseParts) => string>>

/** Numbers and times of a cause, already written as the reader writes them. */
export interface CauseParts {
  readonly events: string
  readonly since: string
  readonly until: string
  readonly isOver: boolean
  readonly lost: string | null
}
