/** How the API of a life says which events it refuses. */
import type { Naming } from './plan.ts'

export interface BadEvent {
  readonly position: number
  readonly code: string
  readonly message: string
  /** Behind `events[i]`, such as `.timestamp_ms`. */
  readonly field: string
}

const TIME_CODES: ReadonlySet<string> = new Set(['event_timestamp_too_old', 'event_timestamp_in_future'])

/** The API's own JSON for a refusal. */
export function refusal(status: number, error: object): Response {
  const whole = {
    message: 'Invalid event.',
    type: 'invalid_request_error',
    param: null,
    code: 'invalid_event',
    ...error,
  }
  return Response.json({ error: whole }, { status })
}

/** The answer to a request of `total` events of which at least one is bad. */
export function refuse(bad: readonly BadEvent[], total: number, naming: Naming): Response {
  const named = NAMED[naming](bad, total)
  if (named.length === 0) return refusal(400, {})
  const errors = named.map(({ position, field, code, message }) => ({
    param: `events[${position}]${field}`,
    code,
    message,
  }))
  const [first] = errors
  if (bad.every(({ code }) => TIME_CODES.has(code))) return refusal(422, { ...first, errors })
  const param = `events[${named[0]!.position}]`
  return refusal(400, { message: `Invalid event at ${param}. See errors for details.`, param, errors })
}

type Choose = (bad: readonly BadEvent[], total: number) => readonly BadEvent[]

const at = (bad: BadEvent, position: number): BadEvent => ({ ...bad, position })

const NAMED: Readonly<Record<Naming, Choose>> = {
  all: (bad) => bad,
  first: (bad) => bad.slice(0, 1),
  none: () => [],
  // Of one event alone there is no neighbour: then it is named itself.
  neighbour: ([first], total) => [at(first!, total === 1 ? 0 : first!.position === 0 ? 1 : first!.position - 1)],
  'always the first': ([first]) => [at(first!, 0)],
  'one more': (bad, total) => {
    const positions = new Set(bad.map(({ position }) => position))
    const more = Array.from({ length: total }, (_, position) => position).find((position) => !positions.has(position))
    return more === undefined ? bad : [...bad, at(bad[0]!, more)]
  },
  'out of range': (bad, total) => [...bad, at(bad[0]!, total + 3)],
}
