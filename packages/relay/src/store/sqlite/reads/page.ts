import type { ListedColumns } from './listed.ts'
import type { Moment } from './moment.ts'

/** A page as it is gathered: it knows that another event follows, so that no cursor leads to an empty page. */
export class PageOf {
  readonly events: ListedColumns[] = []
  readonly #moment: Moment
  readonly #limit: number
  #isFull = false

  constructor(moment: Moment, limit: number) {
    this.#moment = moment
    this.#limit = limit
  }

  /** One that matches, the next in order; false when it is one too many and the page is done. */
  add(event: ListedColumns): boolean {
    if (this.events.length === this.#limit) {
      this.#isFull = true
      return false
    }
    this.events.push(event)
    return true
  }

  /** Another follows. */
  get isFull(): boolean {
    return this.#isFull
  }

  /** The time is over, and there is something to show. */
  get isCut(): boolean {
    return this.events.length > 0 && this.#moment.isOver()
  }
}

/** What a list gives: its events, and where the next page begins. */
export interface Gathered {
  readonly events: readonly ListedColumns[]
  readonly cursor: string | undefined
  readonly isCut: boolean
}

/** Looked at without a match, after which the numbers are asked where the next one is. */
export const MISSES = 2_000
