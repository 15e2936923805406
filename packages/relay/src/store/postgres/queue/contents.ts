import type { ContextKey } from '../../context-key.ts'
import { unlessPassing } from '../../errors.ts'
import type { Lease, LeasedEvent } from '../../lease.ts'
import { idOf } from '../account-columns.ts'
import type { Core } from '../core.ts'
import { toRanges } from '../row-ranges.ts'
import { suspicionOf } from '../situation.ts'
import { fromText } from '../text.ts'
import type { Taken } from './claim.ts'
import { accountsOf, giveBack } from './give-back.ts'
import type { HeldEvent } from './lease-book.ts'

const KEPT = '(select k.wire from waybill_store.kept_body as k where k.row = a.row)'
/** Each is looked up, where whoever plans it takes the accounts for many. */
const BODY = `lateral (
    select inside.wire from waybill_store.body as inside where inside.day = a.day and inside.row = a.row limit 1)`

/** What is sent of leased events. What few have is asked for where some of them may have it. */
function contentsSql({ isApart, kept, tried }: Taken): string {
  const columns = [
    kept.size > 0 ? `coalesce(${KEPT}, b.wire) as wire` : `coalesce(b.wire, ${KEPT}) as wire`,
    tried.size > 0 && 'coalesce(t.attempts, 0) as attempts, coalesce(t.may_be_stored, false) as may_be_stored',
    isApart && 's.kind, s.times, s.first_ms, s.code as suspicion_code, s.message as suspicion_message',
  ]
  const joins = [
    `left join ${BODY} as b on true`,
    tried.size > 0 && 'left join waybill_store.tried as t on t.row = a.row',
    isApart && 'left join waybill_store.suspicion as s on s.row = a.row',
  ]
  return `
  select a.row, a.name, a.id, a.long_id, a.pixel, a.shape, a.source, a.currency, a.amount, a.timestamp_ms, a.accepted_ms, a.bytes,
    a.contexts, b.wire is null as is_out_of_day, ${columns.filter(Boolean).join(', ')}
  from ${accountsOf('$1::int8multirange')} ${joins.filter(Boolean).join(' ')}`
}

interface Content {
  readonly row: number
  readonly is_out_of_day: boolean
  readonly name: number
  readonly id: string | null
  readonly long_id: string | null
  readonly pixel: number
  readonly shape: number
  readonly source: number
  readonly currency: number | null
  readonly amount: number | null
  readonly timestamp_ms: number
  readonly accepted_ms: number
  readonly bytes: number
  readonly contexts: string | null
  readonly wire: string | null
  readonly attempts?: number
  readonly may_be_stored?: boolean
  readonly kind?: string | null
  readonly times?: number | null
  readonly first_ms?: number | null
  readonly suspicion_code?: string | null
  readonly suspicion_message?: string | null
}

/** What was taken, as it is sent. Where it cannot be read it goes back, or does so when the lease runs out. */
export async function leaseOf(core: Core, taken: Taken): Promise<Lease> {
  const { token } = taken
  try {
    const contents = await core.database.read<Content>(contentsSql(taken), [toRanges(taken.rows)])
    await core.terms.load(contents.flatMap(({ name, shape }) => [name, shape]))
    const events = contents
      .map((content) => leasedEvent(core, content))
      .sort((a, b) => a.timestampMs - b.timestampMs || a.row - b.row)
    core.leases.add(
      token,
      contents.map((content) => heldEvent(taken, content)),
    )
    return { token, events }
  } catch (error) {
    await unlessPassing(() => giveBack(core, core.database, token))
    throw error
  }
}

function heldEvent({ kept, tried }: Taken, content: Content): HeldEvent {
  const { row, pixel, name, shape, source, currency, amount, accepted_ms, timestamp_ms, is_out_of_day } = content
  const facts = { pixel, name, shape, source, currency, amount, acceptedMs: accepted_ms, timestampMs: timestamp_ms }
  const hasMore = is_out_of_day || kept.has(row) || tried.has(row) || (content.kind ?? null) !== null
  return { row, ...facts, hasMore }
}

function leasedEvent({ terms }: Core, content: Content): LeasedEvent {
  const { row, name, shape, bytes, wire, timestamp_ms, accepted_ms, contexts } = content
  if (wire === null) throw new Error(`Event ${row} waits and has no body: the integrity check says more.`)
  const { kind = null, times = null, first_ms = null, suspicion_code = null, suspicion_message = null } = content
  const suspicion = suspicionOf({ kind, times, first_ms, suspicion_code, suspicion_message })
  return {
    row,
    name: terms.text(name),
    id: idOf(content) ?? '',
    wire: fromText(wire),
    bytes,
    shape: terms.text(shape),
    timestampMs: timestamp_ms,
    acceptedMs: accepted_ms,
    attempts: content.attempts ?? 0,
    mayBeStored: content.may_be_stored ?? false,
    ...(contexts !== null && { contexts: JSON.parse(contexts) as ContextKey[] }),
    ...(suspicion !== undefined && { suspicion }),
  }
}
