import { StoreBrokenError, StoreClosedError, StoreCursorError, StoreFullError } from '../store/index.ts'
import { type Answer, errorAnswer, laterAnswer } from './answer.ts'
import { tooLargeAnswer } from './body.ts'

const RETRY_SECONDS = 5

/** The answer to a request that failed with an error, and whether somebody should hear of it. */
export interface Failure {
  readonly answer: Answer
  /** `undefined`: an ordinary refusal. */
  readonly fault: 'full' | 'broken' | 'unexpected' | undefined
}

export function failureOf(error: unknown): Failure {
  if (error instanceof StoreFullError) return { answer: later('There is no room to keep events.'), fault: 'full' }
  if (error instanceof StoreBrokenError) return { answer: later('The store has failed.'), fault: 'broken' }
  if (error instanceof StoreClosedError) return { answer: later('The relay is stopping.'), fault: undefined }
  if (error instanceof StoreCursorError) {
    const said = [error.message, error.hint].filter(Boolean).join(' ')
    return { answer: errorAnswer(400, said, { param: 'cursor', code: 'invalid_cursor' }), fault: undefined }
  }
  const { statusCode: status } = (error ?? {}) as { statusCode?: unknown }
  if (status === 413) return { answer: tooLargeAnswer(), fault: undefined }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { answer: errorAnswer(status, 'The request cannot be read.', { code: 'bad_request' }), fault: undefined }
  }
  return { answer: errorAnswer(500, 'The relay had an error.', { type: 'server_error' }), fault: 'unexpected' }
}

function later(message: string): Answer {
  return laterAnswer(503, RETRY_SECONDS, message)
}
