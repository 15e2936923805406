import type { Account, EventSummary, Passage } from '../../account.ts'
import type { Attempt } from '../../request.ts'
import { APART } from '../../state.ts'
import type { Suspicion } from '../../suspicion.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { hasRow } from '../row-set.ts'
import { type Standing, seenState } from '../seen-state.ts'
import type { Terms } from '../terms.ts'

/** Columns of `event` that a summary shows. */
export interface SummaryColumns {
  readonly row: number
  readonly pixel: number
  readonly name: number
  readonly id: string | null
  readonly state: number
  readonly code: string | null
  readonly message: string | null
  readonly shape: number
  readonly source: number
  readonly timestamp_ms: number
  readonly due_ms: number
  readonly accepted_ms: number
  readonly ended_ms: number | null
  readonly attempts: number
  readonly issues: string | null
}

export const SUMMARY_COLUMNS: string =
  'row, pixel, name, id, state, code, message, shape, source, timestamp_ms, due_ms, accepted_ms, ended_ms, attempts, issues'

export function summarise(core: Core, event: SummaryColumns): EventSummary {
  const suspicion = event.state === APART ? core.statements.suspicion.get(event.row) : undefined
  return summaryOf(event, { terms: core.terms, standing: core.standing, suspicion })
}

/** What a summary says beside the columns of its row. */
interface Beside {
  readonly terms: Pick<Terms, 'text'>
  readonly standing: Standing
  readonly suspicion: Suspicion | undefined
}

export function summaryOf(event: SummaryColumns, { terms, standing, suspicion }: Beside): EventSummary {
  return {
    row: event.row,
    pixel: terms.text(event.pixel),
    name: terms.text(event.name),
    id: event.id ?? undefined,
    ...seenState(standing, event),
    shape: terms.text(event.shape),
    source: terms.text(event.source),
    timestampMs: event.timestamp_ms,
    dueMs: event.due_ms,
    acceptedMs: event.accepted_ms,
    endedMs: event.ended_ms ?? undefined,
    attempts: event.attempts,
    ...(suspicion !== undefined && { suspicion }),
  }
}

/** Accounts with this id, in the order they were opened. */
export function show(core: Core, id: string, pixel: string | undefined): Account[] {
  const events = core.database.prepare(`SELECT ${SUMMARY_COLUMNS} FROM event WHERE id = ?`).all(id)
  const term = pixel === undefined ? undefined : core.terms.find(pixel)
  return (events as SummaryColumns[])
    .filter((event) => pixel === undefined || event.pixel === term)
    .sort((one, other) => one.row - other.row)
    .map((event) => account(core, event))
}

export function showRow(core: Core, row: number): Account | undefined {
  const event = core.database.prepare(`SELECT ${SUMMARY_COLUMNS} FROM event WHERE row = ?`).get(row)
  return event === undefined ? undefined : account(core, event as SummaryColumns)
}

function account(core: Core, event: SummaryColumns): Account {
  return {
    ...summarise(core, event),
    issues: event.issues === null ? [] : JSON.parse(event.issues),
    wire: core.statements.body.get(event.row),
    origin: core.statements.origin.get(event.row),
    requests: readRequests(core, event.row),
    history: readHistory(core, event.row),
  }
}

function readHistory({ database }: Core, row: number): Passage[] {
  const rows = database.prepare('SELECT * FROM passage WHERE row = ? ORDER BY seq').all(row) as Row[]
  return rows.map(({ at_ms, what, code, message, by }) => ({
    atMs: at_ms as number,
    what: what as Passage['what'],
    code: (code as string | null) ?? undefined,
    message: (message as string | null) ?? undefined,
    by: (by as string | null) ?? undefined,
  }))
}

/** Requests whose rows span this one; a span of n bits can begin at most 2^n rows before. */
export const SELECT_SPANS = 'SELECT seq FROM request WHERE width = ? AND first_row BETWEEN ? AND ? AND last_row >= ?'
const MAX_WIDTH = 53

function readRequests({ database }: Core, row: number): Attempt[] {
  const spans = database.prepare(SELECT_SPANS)
  const select = database.prepare('SELECT * FROM request WHERE seq = ?')
  const found: number[] = []
  for (let width = 0; width <= MAX_WIDTH; width++) {
    const first = Math.max(0, row - 2 ** width)
    found.push(...(spans.all(width, first, row, row) as Row[]).map(({ seq }) => seq as number))
  }
  return found
    .sort((a, b) => a - b)
    .map((seq) => select.get(seq) as Row)
    .filter(({ rows }) => hasRow(rows as Uint8Array, row))
    .map(readAttempt)
}

export function readAttempt(row: Row): Attempt {
  const text = (column: string, key: string): object => (row[column] === null ? {} : { [key]: row[column] })
  return {
    atMs: row['at_ms'] as number,
    durationMs: row['duration_ms'] as number,
    status: (row['status'] as number | null) ?? undefined,
    verdict: row['verdict'] as string,
    ...text('code', 'code'),
    ...text('message', 'message'),
    ...text('request_id', 'requestId'),
    validateOnly: row['validate_only'] === 1,
    ambiguous: row['ambiguous'] === 1,
    events: row['events'] as number,
  }
}
