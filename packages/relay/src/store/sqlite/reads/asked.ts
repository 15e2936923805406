import type { Answers, Encoding, QuestionName } from '../../reads/index.ts'
import type { Live } from './moment.ts'

export interface ThreadOptions {
  readonly path: string
  readonly timeZone: string
  readonly limitMs: number
}

/** A question on its way to the thread. */
export interface Asked {
  readonly number: number
  readonly name: QuestionName
  readonly asks: unknown
  readonly live: Live
  /** The answer is wanted as packed JSON. */
  readonly serve: { readonly encoding: Encoding; readonly beside?: unknown } | undefined
}

/** An answer on its way back. */
export interface Told {
  readonly number: number
  readonly value?: Answers<QuestionName>
  readonly body?: Uint8Array
  readonly commit?: number
  readonly error?: { readonly kind: 'too_slow' | 'cursor' | 'type' | 'other'; readonly message: string }
}
