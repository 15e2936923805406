import type { Passage } from '../../account.ts'
import { contentDigest } from '../../content-digest.ts'
import type { NewEvent } from '../../event.ts'
import { minuteOf } from '../../minute.ts'
import type { Core } from '../core.ts'
import { endState, READY, WAITING } from '../state.ts'
import type { StoredEvent } from '../statements/select-first.ts'
import { firstState } from './first-state.ts'

/** What an account goes on with. */
export type NewContent = Pick<NewEvent, 'wire' | 'shape' | 'timestampMs' | 'contentHash' | 'issues' | 'dueMs' | 'state'>

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
  keepHistory(core, event, cause)
  core.statements.reopenEvent(event.row, {
    state,
    content: contentDigest(content),
    timestampMs,
    dueMs,
    shape,
    endedMs: reason === undefined ? null : nowMs,
    code: reason?.code ?? null,
    message: reason?.message ?? null,
    issues: issues.length === 0 ? null : JSON.stringify(issues),
  })
  core.statements.replaceBody(event.row, wire)
  core.fresh.take(event.row)
  enterQueue(core, { ...event, shape, timestamp_ms: timestampMs }, state, dueMs)
}

/** Writes the end that an account had into its history, and what made it go on. */
export function keepHistory({ statements }: Core, event: StoredEvent, cause: Cause | undefined): void {
  const { row, ended_ms: atMs, code, message } = event
  const end = endState(event.state)
  if (end !== undefined && end !== 'delivered') {
    const about = { code: code ?? undefined, message: message ?? undefined, by: undefined }
    statements.insertPassage(row, { atMs: atMs ?? 0, what: end, ...about })
  }
  if (cause === undefined) return
  const { what, by, nowMs } = cause
  statements.insertPassage(row, { atMs: nowMs, what, code: undefined, message: undefined, by })
}

/** Counts the move from the end it had, and lets leases find it. */
export function enterQueue(core: Core, event: StoredEvent, state: number, dueMs: number): void {
  const { pixel, shape, row, timestamp_ms: timestampMs } = event
  core.tally.move(pixel, shape, event.state, state)
  if (state === READY) core.frontier.lower(pixel, shape, { minute: minuteOf(timestampMs), row })
  if (state === WAITING) core.due.lower(pixel, dueMs)
}
