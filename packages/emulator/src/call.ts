import type { Answer } from './answer.ts'
import type { BodySource } from './body.ts'

/** What is read of a request, by whatever way it came: a Web `Request` fits. */
export interface Call extends BodySource {
  readonly method: string
  /** Absolute; only path and query matter. */
  readonly url: string
  readonly headers: Pick<Headers, 'get'> & { keys(): Iterable<string> }
}

/** What becomes of a call: an answer, a broken connection, or nothing ever. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }

/** The outcome, due after a wait. */
export interface Reply {
  readonly outcome: Outcome
  readonly delayMs: number
}

export type Handle = (call: Call) => Promise<Reply>

/** A call whose address was read; `id` is the answer's `x-request-id`. */
export interface Visit {
  readonly call: Call
  readonly query: URLSearchParams
  readonly id: string
}

export function answered(answer: Answer): Outcome {
  return { kind: 'answer', answer }
}

export const RESET: Outcome = { kind: 'reset' }
export const HANG: Outcome = { kind: 'hang' }
