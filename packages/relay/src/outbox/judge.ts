import { type Issue, issue } from 'waybill'
import { type Arrival, judgeEvents } from '../engine/index.ts'
import { readJson } from '../http/index.ts'
import type { NewEvent } from '../store/index.ts'
import type { OutboxRow } from './row.ts'
import { type Forbidden, forbiddenOf, type OutboxSource, sourceOf } from './source.ts'

export interface JudgeOptions {
  readonly outbox: OutboxSource
  /** How the events of a pixel are judged; `undefined` for one that is not configured. */
  readonly rulesOf: (pixel: string) => Rules | undefined
  /** Where a row's account is kept that names no pixel. */
  readonly fallbackPixel: string
  readonly nowMs: number
}

export type Rules = Pick<
  Arrival,
  'contract' | 'leastTimeLeftMs' | 'maxEventBytes' | 'isTimeInDoubt' | 'invalidIdentity'
>

/** Every row as it is to be kept, in their order: refused where it cannot be read, or where its role may not bring it. */
export function judgeRow(row: OutboxRow, options: JudgeOptions): NewEvent {
  const { outbox, rulesOf, fallbackPixel, nowMs } = options
  const source = sourceOf(outbox)
  const { pixel = fallbackPixel, event } = row
  const rules = rulesOf(pixel)
  const read = event === undefined ? undefined : readJson(Buffer.from(`{"events":[${event}]}`))
  if (read?.ok !== true) return unreadable(row, pixel, source)
  const { events } = read.value as { readonly events: readonly unknown[] }
  const { texts, lostNumbers } = read
  const arrival: Arrival = { contract: 'auto', ...rules, pixel, source, events, texts, lostNumbers }
  const [judged] = judgeEvents(arrival, nowMs)
  const kept = { ...judged!, issues: [...judged!.issues, ...row.leftOut.map(leftOutIssue)] }
  const forbidden =
    row.pixel === undefined ? 'unknown_pixel' : forbiddenOf(pixel, row.broughtBy, outbox, rules !== undefined)
  return forbidden === undefined ? kept : forbiddenEvent(kept, forbidden, row)
}

function leftOutIssue(path: string): Issue {
  return issue(path === 'source_url' ? 'source_url_shortened' : 'raw_value_left_out', path)
}

/** Under an id of its own: a claim whose commit was lost comes again, and is the same account. */
function unreadable({ bytes, sha256, event, place, enqueuedMs }: OutboxRow, pixel: string, source: string): NewEvent {
  const about =
    event === undefined
      ? `A text of ${bytes?.toLocaleString('en-US')} bytes with the SHA-256 ${sha256} is no event that can be read.`
      : 'Its JSON is nested too deep, too large, or has a key twice.'
  return {
    pixel,
    source,
    name: '',
    id: `unreadable_${(sha256 ?? '').slice(0, 16)}_${place}`,
    wire: JSON.stringify(event === undefined ? { bytes, sha256 } : {}),
    shape: '',
    timestampMs: Math.floor(enqueuedMs),
    issues: [{ ...issue('unreadable_event', ''), message: about }],
    state: 'refused',
  }
}

const WHY: Readonly<Record<Forbidden, (role: string) => string>> = {
  unknown_pixel: () => 'The pixel is not configured here.',
  pixel_not_allowed: () => 'This outbox may not bring events for this pixel.',
  role_not_allowed: (role) => `The database role "${role}" may not bring events for this pixel.`,
}

/** Under a name of its own, so that what may not be brought takes no place of what may. */
function forbiddenEvent(
  { dueMs: _due, contexts: _contexts, ...event }: NewEvent,
  why: Forbidden,
  row: OutboxRow,
): NewEvent {
  const { id = `forbidden_${row.place}` } = event
  const reason: Issue = { ...issue('not_allowed_to_bring', ''), message: WHY[why](row.broughtBy) }
  return {
    ...event,
    id,
    name: `forbidden:${event.name}`,
    shape: '',
    issues: [reason, ...event.issues],
    state: 'refused',
  }
}
