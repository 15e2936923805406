import { withoutEmails } from 'waybill'
import { type Lifecycle, refusalCode } from '../../../engine/index.ts'

/** One line of the stream before it is written. */
export interface Message {
  readonly type: keyof Lifecycle
  readonly pixel?: string
  readonly id?: string
  /** One event of an arrival that was told as a whole: for those who follow single events. */
  readonly isSingle?: boolean
  /** What is written beside type and time. Nothing personal: each field is picked by name. */
  readonly about: object
}

type Arrival = Lifecycle['event:accepted']
type Views = { readonly [Name in keyof Lifecycle]: (details: Lifecycle[Name]) => object }

const VIEWS: Views = {
  'event:accepted': ({ pixel, source, count, refused, duplicates, codes }) => ({
    pixel,
    source,
    count,
    refused,
    duplicates,
    codes,
  }),
  'source:called': ({ pixel, source, skipped, conflicts }) => ({ pixel, source, skipped, conflicts }),
  'source:refused': ({ pixel, source, status, reason }) => ({ pixel, source, status, reason }),
  'event:delivered': ({ pixel, row, id, name, lagMs, mark }) => ({ pixel, row, id, name, lagMs, mark }),
  'event:refused': ({ pixel, row, id, name, code, message }) => ({ pixel, row, id, name, ...said(code, message) }),
  'event:expired': ({ pixel, row, id, name, code }) => ({ pixel, row, id, name, code }),
  'event:suspected': ({ pixel, row, id, name, kind, times, code, message }) => ({
    pixel,
    row,
    id,
    name,
    kind,
    times,
    ...said(code, message),
  }),
  'event:edited': ({ pixel, row, id, name, by }) => ({ pixel, row, id, name, by }),
  'event:expiring': ({ pixel, count, withinMs }) => ({ pixel, count, withinMs }),
  'shape:held': ({ pixel, shape, code, message }) => ({ pixel, shape, ...said(code, message) }),
  'shape:resumed': ({ pixel, shape, by }) => ({ pixel, shape, by }),
  'pixel:held': ({ pixel, code, message, hint, by }) => ({ pixel, ...said(code, message), hint, by }),
  'pixel:resumed': ({ pixel, why, by }) => ({ pixel, why, by }),
  'tls:failed': ({ pixel, message, hint }) => ({ pixel, message, hint }),
  'tls:recovered': ({ pixel }) => ({ pixel }),
  'request:answered': ({ pixel, verdict, status, fault, events, durationMs, validateOnly, ambiguous }) => ({
    pixel,
    verdict,
    status,
    fault,
    events,
    durationMs,
    validateOnly,
    ambiguous,
  }),
  // What a database says of a failure may quote what it was asked; it stands in the log.
  'outbox:waits': ({ outbox, waiting, oldestMs }) => ({ outbox, waiting, oldestMs }),
  'outbox:flows': ({ outbox }) => ({ outbox }),
  'clock:doubted': ({ reason }) => ({ reason }),
  'clock:confirmed': ({ skewMs, by }) => ({ skewMs, by }),
  'clock:wrong': ({ whose, byMs }) => ({ whose, byMs }),
  'canary:answered': ({ pixel, shape, passed, code, message }) => ({
    pixel,
    shape,
    passed,
    ...(code !== undefined && said(code, message ?? '')),
  }),
  'pixel:claimed': ({ pixel, from }) => ({ pixel, from }),
  'pixel:left': ({ pixel, why }) => ({ pixel, why }),
  'chores:claimed': ({ what }) => ({ what }),
  'claims:ended': ({ pixels }) => ({ pixels }),
  'claims:renewed': ({ pixels }) => ({ pixels }),
  'holds:changed': () => ({}),
  'window:short': ({ pixel, message }) => ({ pixel, message }),
  'holds:found': ({ holds }) => ({ holds: holds.length }),
  // What the error says may hold anything; it stands in the log.
  'engine:failed': () => ({}),
}

export const TYPES: readonly (keyof Lifecycle)[] = Object.keys(VIEWS) as (keyof Lifecycle)[]

/** The lines for one lifecycle event. `withSingles`: also one for each event of an arrival. */
export function messagesOf<Type extends keyof Lifecycle>(
  type: Type,
  details: Lifecycle[Type],
  withSingles: boolean,
): readonly Message[] {
  if (type === 'source:called' && cameToSomething(details as Lifecycle['source:called'])) return []
  const about = VIEWS[type](details)
  const message: Message = { type, about, ...keysOf(about) }
  return type === 'event:accepted' ? [message, ...ofArrival(details as Arrival, withSingles)] : [message]
}

/** What was taken is told as `event:accepted`. */
function cameToSomething({ skipped, conflicts }: Lifecycle['source:called']): boolean {
  return skipped.length + conflicts.length === 0
}

function keysOf(about: object): Pick<Message, 'pixel' | 'id'> {
  const { pixel, id } = about as { readonly pixel?: string; readonly id?: string }
  return { ...(pixel !== undefined && { pixel }), ...(id !== undefined && { id }) }
}

/** What intake refused is told event by event; the engine knows of those only as a number. */
function* ofArrival({ pixel, results }: Arrival, withSingles: boolean): Generator<Message> {
  for (const result of results) {
    const { id, status } = result
    if (status === 'refused')
      yield { type: 'event:refused', pixel, id, about: { pixel, id, code: refusalCode(result), at: 'intake' } }
    else if (withSingles) yield { type: 'event:accepted', pixel, id, isSingle: true, about: { pixel, id, status } }
  }
}

/** The API's own words may quote what they are about. */
function said(code: string, message: string): object {
  return { code: withoutEmails(code), message: withoutEmails(message) }
}
