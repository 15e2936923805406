import type { Issue } from 'waybill'
import type { IntakeResult } from '../engine/index.ts'
import { type Answer, errorAnswer, type FieldError, jsonAnswer } from './answer.ts'

/** More names than this help nobody, and an answer has to end. */
const MAX_ERRORS = 1_000
const TIME_CODES: ReadonlySet<string> = new Set(['event_timestamp_too_old', 'event_timestamp_in_future'])

/** The answer to `validate_only`, in the words of the API: the first bad event fails all, and each fault is named. */
export function validationAnswer(results: readonly IntakeResult[]): Answer {
  const bad = results.filter(({ status }) => status === 'refused')
  const [first] = bad
  if (first === undefined) return jsonAnswer(200, { accepted_events: results.length })
  const named = bad.flatMap(({ index, issues }) => issues.filter(isError).map((issue) => fieldError(index, issue)))
  const errors = named.slice(0, MAX_ERRORS)
  // The API answers a fault of time alone without an `invalid_event` around it.
  if (named.every(({ code }) => TIME_CODES.has(code))) {
    const { message, param, code } = errors[0]!
    return errorAnswer(422, message, { param, code, errors })
  }
  const param = `events[${first.index}]`
  return errorAnswer(400, `Invalid event at ${param}. See errors for details.`, {
    param,
    code: 'invalid_event',
    errors,
  })
}

function isError({ severity }: Issue): boolean {
  return severity === 'error'
}

function fieldError(index: number, { code, path, message }: Issue): FieldError {
  return { message, param: path === '' ? `events[${index}]` : `events[${index}].${path}`, code }
}
