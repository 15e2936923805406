import type { Passage } from '../../account.ts'
import { contentDigest } from '../../content-digest.ts'
import type { NewEvent } from '../../event.ts'
import { endState } from '../../state.ts'
import type { Core } from '../core.ts'
import { moneyOf } from '../money.ts'
import type { StoredEvent } from '../sql/event.ts'
import { firstState } from './first-state.ts'
import { placeOf } from './queued-event.ts'

/** What an account goes on with. */
export type NewContent = Pick<
  NewEvent,
  'wire' | 'shape' | 'timestampMs' | 'contentHash' | 'issues' | 'dueMs' | 'state' | 'amount' | 'currency'
>

/** Why it goes on, and who made it. */
export interface Cause {
  readonly what: Passage['what']
  readonly by: string
  readonly nowMs: number
}

/** Inside a transaction: an account that ended undelivered goes on with new content; its end moves into its history. */
export function reopen(core: Core, event: StoredEvent, content: NewContent, cause: Cause): void {
  const { wire, timestampMs, issues, dueMs = 0 } = content
  const { nowMs } = cause
  const { state, reason } = firstState(content, nowMs)
  const shape = core.terms.of(content.shape)
  const [amount, currency] = moneyOf(core.terms, content)
  keepHistory(core, event, cause)
  core.statements.event.reopen(event.row, {
    state,
    content: contentDigest(content),
    timestampMs,
    dueMs,
    shape,
    endedMs: reason === undefined ? null : nowMs,
    code: reason?.code ?? null,
    message: reason?.message ?? null,
    issues: issues.length === 0 ? null : JSON.stringify(issues),
    amount,
    currency,
  })
  core.statements.body.replace(event.row, wire)
  const code = reason?.code ?? null
  const changed = { shape, timestamp_ms: timestampMs, state, amount, currency, ended_ms: nowMs, code }
  core.queue.enterAgain(placeOf(event), placeOf({ ...event, ...changed }), dueMs, { nowMs, code })
}

/** Writes the end that an account had into its history, and what made it go on. */
export function keepHistory({ statements }: Core, event: StoredEvent, cause: Cause | undefined): void {
  const { row, ended_ms: atMs, code, message } = event
  const end = endState(event.state)
  if (end !== undefined && end !== 'delivered') {
    const about = { code: code ?? undefined, message: message ?? undefined, by: undefined }
    statements.account.addPassage(row, { atMs: atMs ?? 0, what: end, ...about })
  }
  if (cause === undefined) return
  const { what, by, nowMs } = cause
  statements.account.addPassage(row, { atMs: nowMs, what, code: undefined, message: undefined, by })
}
