import { type Answer, errorAnswer, type FieldError } from './answer.ts'
import type { EventError } from './event-error.ts'
import { TIME_CODES } from './judge.ts'
import type { ErrorNaming } from './options.ts'

/** An event of a batch that is invalid, by its position from 0. */
export interface BadEvent {
  readonly index: number
  readonly errors: readonly EventError[]
}

// Observed: this message does not begin with the path of the field.
const WHOLE_MESSAGES: Readonly<Record<string, string>> = {
  event_timestamp_too_old: 'event_timestamp_ms must be within the last 7 days.',
  event_timestamp_in_future: 'event_timestamp_ms must be no more than 10 minutes ahead.',
}

/** The answer to a batch of `total` events with at least one bad one. */
export function refuseBatch(bad: readonly [BadEvent, ...BadEvent[]], total: number, naming: ErrorNaming): Answer {
  if (naming === 'none') return errorAnswer(400, { message: 'Invalid event.', code: 'invalid_event' })
  const [first] = bad
  const named = { all: bad, first: [first], wrong: [misplaced(first, total)] }[naming]
  const errors = named.flatMap(fieldErrors)
  if (bad.every(isOnlyLateOrEarly)) return refuseTime(errors)
  const param = `events[${(named[0] ?? first).index}]`
  const message = `Invalid event at ${param}. See errors for details.`
  return errorAnswer(400, { message, param, code: 'invalid_event', errors })
}

function misplaced(bad: BadEvent, total: number): BadEvent {
  const isLast = bad.index === total - 1
  // A batch of one has no neighbour before it: then the name points behind the end.
  return { ...bad, index: isLast && bad.index > 0 ? bad.index - 1 : bad.index + 1 }
}

function isOnlyLateOrEarly({ errors }: BadEvent): boolean {
  return errors.every(({ code }) => TIME_CODES.has(code))
}

/** A time error alone was seen as the error itself, with no `invalid_event` around it; `errors` is ours. */
function refuseTime(errors: readonly FieldError[]): Answer {
  return errorAnswer(422, { message: '', ...errors[0], errors })
}

function fieldErrors({ index, errors }: BadEvent): FieldError[] {
  return errors.map(({ path, code, rule }) => {
    const param = path === '' ? `events[${index}]` : `events[${index}].${path}`
    return { message: WHOLE_MESSAGES[code] ?? `${param} ${rule}`, param, code }
  })
}
