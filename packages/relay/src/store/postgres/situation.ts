import type { EventSummary } from '../account.ts'
import type { EventState } from '../event.ts'
import type { Hold } from '../hold.ts'
import { endState } from '../state.ts'
import type { Suspicion } from '../suspicion.ts'
import { FACTS, type FactColumns, idOf } from './account-columns.ts'
import type { Session } from './connection/database.ts'
import type { Terms } from './terms.ts'
import { fromText, fromTextOrNull } from './text.ts'

/** All that is known of where an event is, in one row and from one moment. */
export interface Situation extends FactColumns {
  readonly id: string | null
  readonly long_id: string | null
  readonly day: number
  readonly content: Buffer
  readonly issues: string | null
  readonly origin: string | null
  readonly lane: number | null
  readonly due_ms: number
  readonly token: number | null
  readonly ended_state: number | null
  readonly delivered_ms: number | null
  readonly is_attempt: boolean | null
  readonly ended_ms: number | null
  readonly code: number | null
  readonly message: string | null
  readonly attempts: number
  readonly may_be_stored: boolean
  readonly tried_code: string | null
  readonly tried_message: string | null
  readonly hold_code: string | null
  readonly hold_message: string | null
  readonly kind: string | null
  readonly times: number | null
  readonly first_ms: number | null
  readonly suspicion_code: string | null
  readonly suspicion_message: string | null
}

/** What was delivered is looked for only where nothing else has the event. A day of leeway: the database's clock may have been put back. */
const DELIVERY = `lateral (
    select ended_ms, code, message, is_attempt from waybill_store.delivery as inside
    where q.row is null and e.row is null and l.token is null
      and int4range(inside.pixel, inside.pixel, '[]') @> a.pixel and inside.rows @> a.row and inside.day >= a.day - 1
    limit 1)`
const LEASE = 'lateral (select token from waybill_store.lease as inside where inside.rows @> a.row limit 1)'
const HOLD = `lateral (
    select code, message from waybill_store.hold as inside
    where inside.pixel = a.pixel and inside.shape in (0, a.shape) order by inside.shape limit 1)`

/** Of `account as a`: add a `where`, an order and a limit. */
export const SITUATION: string = `
  select ${FACTS}, a.id, a.long_id, a.day, a.content, a.issues, a.origin,
    q.lane, coalesce(t.due_ms, a.due_ms, 0) as due_ms, l.token, e.state as ended_state, d.ended_ms as delivered_ms, d.is_attempt,
    coalesce(e.ended_ms, d.ended_ms) as ended_ms, coalesce(e.code, d.code) as code, coalesce(e.message, d.message) as message,
    coalesce(t.attempts, 0) as attempts, coalesce(t.may_be_stored, false) as may_be_stored,
    t.code as tried_code, t.message as tried_message, h.code as hold_code, h.message as hold_message,
    s.kind, s.times, s.first_ms, s.code as suspicion_code, s.message as suspicion_message
  from waybill_store.account as a
  left join waybill_store.queue as q on q.row = a.row
  left join waybill_store.ended as e on e.row = a.row
  left join waybill_store.tried as t on t.row = a.row
  left join waybill_store.suspicion as s on s.row = a.row
  left join ${LEASE} as l on true
  left join ${DELIVERY} as d on true
  left join ${HOLD} as h on true`

const OF_ROWS = `${SITUATION} where a.row = any ($1::bigint[]) order by a.row`

/** In the order of rows. */
export async function situationsOf(session: Session, rows: readonly number[]): Promise<Situation[]> {
  return rows.length === 0 ? [] : session.query<Situation>(OF_ROWS, [rows])
}

/** Makes sure of the texts that `summarise` needs. */
export function loadTexts(terms: Terms, situations: readonly Situation[], session?: Session): Promise<void> {
  return terms.load(
    situations.flatMap(({ pixel, name, shape, source, currency, code }) => [
      pixel,
      name,
      shape,
      source,
      currency,
      code,
    ]),
    session,
  )
}

export function stateOf({ ended_state, delivered_ms, token, hold_code, lane, row }: Situation): EventState {
  if (ended_state !== null) return endState(ended_state)!
  if (delivered_ms !== null) return 'delivered'
  if (token !== null) return 'sending'
  if (lane === null) throw new Error(`Event ${row} is in no place: the integrity check says more.`)
  return hold_code === null ? 'queued' : 'held'
}

/** State, and why. */
export function seen(
  terms: Pick<Terms, 'text'>,
  situation: Situation,
): Pick<EventSummary, 'state' | 'code' | 'message'> {
  const state = stateOf(situation)
  const { code, message, tried_code, tried_message, hold_code, hold_message } = situation
  if (state === 'held') return { state, code: fromTextOrNull(hold_code), message: fromTextOrNull(hold_message) }
  if (state === 'queued' || state === 'sending')
    return { state, code: fromTextOrNull(tried_code), message: fromTextOrNull(tried_message) }
  return { state, code: code === null || code === 0 ? undefined : terms.text(code), message: fromTextOrNull(message) }
}

/** After `loadTexts`. */
export function summarise(terms: Pick<Terms, 'text'>, situation: Situation): EventSummary {
  const { row, pixel, name, shape, source, timestamp_ms, due_ms, accepted_ms, ended_ms, attempts, is_attempt } =
    situation
  const suspicion = suspicionOf(situation)
  const { state, code, message } = seen(terms, situation)
  return {
    row,
    pixel: terms.text(pixel),
    name: terms.text(name),
    id: idOf(situation),
    state,
    code,
    message,
    shape: terms.text(shape),
    source: terms.text(source),
    timestampMs: timestamp_ms,
    dueMs: due_ms,
    acceptedMs: accepted_ms,
    endedMs: ended_ms ?? undefined,
    attempts: attempts + (is_attempt === true ? 1 : 0),
    ...(suspicion !== undefined && { suspicion }),
  }
}

type SuspicionColumns = Pick<Situation, 'kind' | 'times' | 'first_ms' | 'suspicion_code' | 'suspicion_message'>

export function suspicionOf({
  kind,
  times,
  first_ms,
  suspicion_code,
  suspicion_message,
}: SuspicionColumns): Suspicion | undefined {
  if (kind === null) return undefined
  return {
    kind: kind as Suspicion['kind'],
    times: times!,
    firstMs: first_ms!,
    code: fromText(suspicion_code!),
    message: fromText(suspicion_message!),
  }
}

export function holdOf({
  code,
  message,
  at_ms,
  by,
}: {
  readonly code: string
  readonly message: string
  readonly at_ms: number
  readonly by: string
}): Hold {
  return { code: fromText(code), message: fromText(message), atMs: at_ms, by: fromText(by) }
}
