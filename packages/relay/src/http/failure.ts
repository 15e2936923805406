import { errorText, isWaybillError, WaybillError } from 'waybill'
import { type Answer, errorAnswer, laterAnswer } from './answer.ts'
import { NOT_READ } from './body.ts'
import type { NoBody } from './incoming/index.ts'

const RETRY_SECONDS = 5
const TOO_SLOW_RETRY_SECONDS = 2

/** The answer to a request that failed with an error, and whether somebody should hear of it. */
export interface Failure {
  readonly answer: Answer
  /** `undefined`: an ordinary refusal. */
  readonly fault: 'full' | 'away' | 'broken' | 'unexpected' | undefined
}

/** The code of an error → what its caller is told. An error that is not here is one that should not happen. */
const FAILURES: Readonly<Record<string, (error: WaybillError) => Failure>> = {
  store_full: () => ({ answer: later('There is no room to keep events.'), fault: 'full' }),
  store_away: () => ({ answer: later('The store cannot be reached.'), fault: 'away' }),
  store_broken: () => ({ answer: later('The store has failed.'), fault: 'broken' }),
  // Its caller goes to a relay of the version that goes on.
  store_superseded: () => ({ answer: later('The relay is stopping.'), fault: 'broken' }),
  store_closed: () => ({ answer: later('The relay is stopping.'), fault: undefined }),
  too_slow: (error) => ({
    answer: laterAnswer(503, TOO_SLOW_RETRY_SECONDS, errorText(error), error.code),
    fault: undefined,
  }),
  invalid_cursor: (error) => ({
    answer: errorAnswer(400, errorText(error), { param: 'cursor', code: error.code }),
    fault: undefined,
  }),
}

/** A body that was not read to its end. */
export class NotReadError extends WaybillError {
  override readonly name: string = 'NotReadError'
  readonly why: NoBody

  constructor(why: NoBody) {
    super('body_not_read', `The body of a request was not read: ${why}.`)
    this.why = why
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof NotReadError) return { answer: NOT_READ[error.why], fault: undefined }
  if (isWaybillError(error) && Object.hasOwn(FAILURES, error.code)) return FAILURES[error.code]!(error)
  const { statusCode: status } = (error ?? {}) as { statusCode?: unknown }
  if (status === 413) return { answer: NOT_READ.too_large, fault: undefined }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { answer: errorAnswer(status, 'The request cannot be read.', { code: 'bad_request' }), fault: undefined }
  }
  return { answer: errorAnswer(500, 'The relay had an error.', { type: 'server_error' }), fault: 'unexpected' }
}

function later(message: string): Answer {
  return laterAnswer(503, RETRY_SECONDS, message)
}
