import { contentDigest } from '../../content-digest.ts'
import { minuteOf } from '../../minute.ts'
import { refusalReason } from '../../refusal.ts'
import { ACCEPTED, END_CODES, READY, WAITING } from '../../state.ts'
import { columnsOfId, moneyOf } from '../account-columns.ts'
import { alike, type Changes, type Facts, turn } from '../changes.ts'
import { BIGINT, FLOW, INT, SMALLINT, type Statement, statementOf, TALLY, TEXT, TOOK } from '../insert-statement.ts'
import type { Terms } from '../terms.ts'
import { toText } from '../text.ts'
import type { Arrival } from './plan.ts'

/** Opens accounts with all that belongs to them, in one statement, which is one round trip and one transaction. */
export function insertion(terms: Terms, opened: readonly Arrival[], changes: Changes): Statement {
  const [over, waiting] = [opened.filter(isOver), opened.filter((arrival) => !isOver(arrival))]
  for (const arrival of over) countEnded(terms, arrival, changes)
  for (const lane of [READY, WAITING])
    countWaiting(
      terms,
      waiting.filter((arrival) => laneOf(arrival) === lane),
      { lane, changes },
    )
  const [tally, flow, took] = changes.columns
  return statementOf([
    { ...ACCOUNT, rows: sortedByKey(opened).map((arrival) => accountColumns(terms, arrival)) },
    { ...BODY, rows: opened.map(({ row, event }) => [row, toText(event.wire)]) },
    { ...QUEUE, rows: waiting.map((arrival) => queueColumns(terms, arrival)) },
    { ...ENDED, rows: over.map((arrival) => endColumns(terms, arrival)) },
    { ...ORDER_KEY, rows: opened.flatMap(({ row, event }) => (event.contexts ?? []).map((key) => [key, row])) },
    { ...TALLY, rows: turn(tally, tally[0]!.length) },
    { ...FLOW, rows: turn(flow, flow[0]!.length) },
    { ...TOOK, rows: turn(took, took[0]!.length) },
  ])
}

/** Two relays that bring the same keys lock them in the same order. */
function sortedByKey(arrivals: readonly Arrival[]): Arrival[] {
  return [...arrivals].sort(({ key: a = '' }, { key: b = '' }) => (a < b ? -1 : a > b ? 1 : 0))
}

export function isOver({ event: { state = 'queued' } }: Arrival): boolean {
  return state !== 'queued'
}

const ACCOUNT = {
  name: 'account',
  sql: `insert into waybill_store.account (row, timestamp_ms, accepted_ms, pixel, name, shape, source, bytes, currency, amount, due_ms,
    content, id, long_id, issues, origin, contexts, day) select given.*, today.day from today cross join $`,
  types: [BIGINT, BIGINT, BIGINT, INT, INT, INT, INT, INT, INT, BIGINT, BIGINT, 'bytea', TEXT, TEXT, TEXT, TEXT, TEXT],
}
const BODY = {
  name: 'body',
  sql: 'insert into waybill_store.body (row, wire, day) select given.*, today.day from today cross join $',
  types: [BIGINT, TEXT],
}
const QUEUE = {
  name: 'queue',
  sql: 'insert into waybill_store.queue (row, timestamp_ms, due_ms, pixel, shape, minute, lane) select * from $',
  types: [BIGINT, BIGINT, BIGINT, INT, INT, BIGINT, SMALLINT],
}
const ENDED = {
  name: 'ended',
  sql: 'insert into waybill_store.ended (row, pixel, state, code, ended_ms, message) select * from $',
  types: [BIGINT, INT, SMALLINT, INT, BIGINT, TEXT],
}
const ORDER_KEY = {
  name: 'order_key',
  sql: 'insert into waybill_store.order_key (key, row) select * from $ on conflict do nothing',
  types: [TEXT, BIGINT],
}
function accountColumns(terms: Terms, { row, event, nowMs }: Arrival): unknown[] {
  const { timestampMs, pixel, name, shape, source, wire, dueMs = 0, id, issues, origin, contexts } = event
  const { amount, currency } = moneyOf(event)
  const numbers = [pixel, name, shape, source].map((text) => terms.number(text))
  return [
    row,
    timestampMs,
    nowMs,
    ...numbers,
    Buffer.byteLength(wire),
    currency === undefined ? null : terms.number(currency),
    amount,
    dueMs === 0 ? null : dueMs,
    Buffer.from(contentDigest(event)),
    ...columnsOfId(id),
    issues.length === 0 ? null : JSON.stringify(issues),
    origin === undefined ? null : JSON.stringify(origin),
    contexts === undefined ? null : JSON.stringify(contexts),
  ]
}

export function laneOf({ event: { dueMs = 0 }, nowMs }: Arrival): number {
  return dueMs > nowMs ? WAITING : READY
}

function queueColumns(terms: Terms, arrival: Arrival): unknown[] {
  const { row, event } = arrival
  const { timestampMs, dueMs = 0, pixel, shape } = event
  return [row, timestampMs, dueMs, terms.number(pixel), terms.number(shape), minuteOf(timestampMs), laneOf(arrival)]
}

function endColumns(terms: Terms, { row, event: { pixel, state, issues }, nowMs }: Arrival): unknown[] {
  const { code, message } = refusalReason(issues)
  return [row, terms.number(pixel), END_CODES[state as 'refused'], terms.number(code), nowMs, toText(message)]
}

export function factsOf(terms: Terms, { event, nowMs }: Arrival): Facts {
  const { amount, currency } = moneyOf(event)
  return {
    pixel: terms.number(event.pixel),
    name: terms.number(event.name),
    shape: terms.number(event.shape),
    source: terms.number(event.source),
    currency: currency === undefined ? null : terms.number(currency),
    amount,
    acceptedMs: nowMs,
    timestampMs: event.timestampMs,
  }
}

function countEnded(terms: Terms, arrival: Arrival, changes: Changes): void {
  const { event, nowMs } = arrival
  const facts = factsOf(terms, arrival)
  const code = terms.number(refusalReason(event.issues).code)
  changes.open(facts)
  changes.end(facts, { state: event.state as 'refused', atMs: nowMs, code })
}

function countWaiting(
  terms: Terms,
  arrivals: readonly Arrival[],
  { lane, changes }: { readonly lane: number; readonly changes: Changes },
): void {
  for (const facts of alike(arrivals.map((arrival) => factsOf(terms, arrival)))) {
    changes.open(facts)
    changes.begin(facts)
    changes.tally(facts.pixel, facts.shape, lane, facts.times ?? 1)
    changes.took(ACCEPTED, facts, facts.acceptedMs)
  }
}

/** Texts that have to have a number first. */
export function termsOf({ event }: Arrival): string[] {
  const { pixel, name, shape, source, state, issues } = event
  const { currency } = moneyOf(event)
  const texts = [pixel, name, shape, source]
  if (currency !== undefined) texts.push(currency)
  if (state === 'refused' || state === 'discarded') texts.push(refusalReason(issues).code)
  return texts
}
