import type { Passage } from '../../account.ts'
import { contentDigest } from '../../content-digest.ts'
import type { NewEvent, UndeliveredState } from '../../event.ts'
import { minuteOf } from '../../minute.ts'
import { refusalReason } from '../../refusal.ts'
import { END_CODES, endState, READY, WAITING } from '../../state.ts'
import { FACTS, type FactColumns, factsOf, moneyOf } from '../account-columns.ts'
import type { Changes, Facts } from '../changes.ts'
import type { Session } from '../connection/database.ts'
import { TODAY } from '../partitions.ts'
import type { Terms } from '../terms.ts'
import { NONE } from '../terms.ts'
import { toText, toTextOrNull } from '../text.ts'

/** An end as it is kept. */
export interface EndColumns {
  readonly row: number
  readonly state: number
  readonly code: number
  readonly ended_ms: number
  readonly message: string | null
}

/** What an account goes on with. */
export interface NewContent
  extends Pick<
    NewEvent,
    'shape' | 'timestampMs' | 'contentHash' | 'issues' | 'dueMs' | 'state' | 'amount' | 'currency'
  > {
  readonly wire: string
  /** What comes with an arrival; otherwise that of the first stays. */
  readonly arrived?: Pick<NewEvent, 'origin' | 'contexts'>
}

export interface Cause {
  readonly what: Passage['what']
  readonly by: string
  readonly nowMs: number
}

export interface Waiting {
  readonly row: number
  readonly pixel: number
  readonly shape: number
  readonly lane: number
}

/** Takes ended events out of their end. What somebody else took meanwhile is not there. */
export async function takeEnded(session: Session, rows: readonly number[]): Promise<EndColumns[]> {
  return session.query<EndColumns>(
    'delete from waybill_store.ended where row = any ($1::bigint[]) returning row, state, code, ended_ms, message',
    [rows],
  )
}

/** Takes waiting events out of the queue. */
export async function takeWaiting(session: Session, rows: readonly number[], changes: Changes): Promise<Waiting[]> {
  const taken = await session.query<Waiting>(
    'delete from waybill_store.queue where row = any ($1::bigint[]) returning row, pixel, shape, lane',
    [rows],
  )
  for (const { pixel, shape, lane } of taken) changes.tally(pixel, shape, lane, -1)
  return taken
}

export async function readFacts(session: Session, rows: readonly number[]): Promise<Map<number, Facts>> {
  const sql = `select ${FACTS} from waybill_store.account as a where a.row = any ($1::bigint[])`
  const found = await session.query<FactColumns>(sql, [rows])
  return new Map(found.map((columns) => [columns.row, factsOf(columns)]))
}

const ADD_PASSAGES = `
  insert into waybill_store.passage (seq, day, row, at_ms, what, code, message, by)
  select nextval('waybill_store.passage_seq'), ${TODAY}, *
  from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])`

export interface RowPassage extends Passage {
  readonly row: number
}

/** In their order. */
export async function addPassages(session: Session, passages: readonly RowPassage[]): Promise<void> {
  if (passages.length === 0) return
  await session.query(ADD_PASSAGES, [
    passages.map(({ row }) => row),
    passages.map(({ atMs }) => atMs),
    passages.map(({ what }) => what),
    passages.map(({ code }) => toTextOrNull(code)),
    passages.map(({ message }) => toTextOrNull(message)),
    passages.map(({ by }) => toTextOrNull(by)),
  ])
}

/** The end that an account had, as its history keeps it. After `terms.load`. */
export function passageOfEnd(terms: Terms, { row, state, code, ended_ms, message }: EndColumns): RowPassage {
  const about = { code: code === NONE ? undefined : terms.text(code), message: message ?? undefined, by: undefined }
  return { row, atMs: ended_ms, what: endState(state) as UndeliveredState, ...about }
}

export function endedAs({ state, code, ended_ms }: EndColumns): {
  readonly state: UndeliveredState
  readonly atMs: number
  readonly code: number
} {
  return { state: endState(state) as UndeliveredState, atMs: ended_ms, code }
}

const END = `
  insert into waybill_store.ended (row, pixel, state, code, ended_ms, message)
  select * from unnest($1::bigint[], $2::integer[], $3::smallint[], $4::integer[], $5::bigint[], $6::text[])`

export interface NewEnd {
  readonly row: number
  readonly pixel: number
  readonly state: number
  readonly code: number
  readonly endedMs: number
  readonly message: string | undefined
}

export async function insertEnds(session: Session, ends: readonly NewEnd[]): Promise<void> {
  if (ends.length === 0) return
  await session.query(END, [
    ends.map(({ row }) => row),
    ends.map(({ pixel }) => pixel),
    ends.map(({ state }) => state),
    ends.map(({ code }) => code),
    ends.map(({ endedMs }) => endedMs),
    ends.map(({ message }) => toTextOrNull(message)),
  ])
}

const REPLACE = `
  update waybill_store.account
  set shape = $2, timestamp_ms = $3, due_ms = $4, bytes = $5, content = $6, issues = $7, amount = $8, currency = $9, is_reopened = true,
    origin = case when $10 then $11 else origin end, contexts = case when $10 then $12 else contexts end
  where row = $1`
const KEEP_BODY = `
  insert into waybill_store.kept_body (row, wire) values ($1, $2) on conflict (row) do update set wire = excluded.wire`
const FORGET_TRIES = `
  update waybill_store.tried set attempts = 0, due_ms = null, code = null, message = null where row = any ($1::bigint[])`
const INSERT_AGAIN = `
  insert into waybill_store.queue (row, timestamp_ms, due_ms, pixel, shape, minute, lane, is_kept, is_tried)
  values ($1, $2, $3, $4, $5, $6, $7, true, true)`

/** Texts that have to have a number before `reopen`. */
export function termsOf({ shape, issues, state, currency }: NewContent): string[] {
  return [
    shape,
    ...(currency === undefined ? [] : [currency]),
    ...(state === 'refused' || state === 'discarded' ? [refusalReason(issues).code] : []),
  ]
}

/** What is written to. */
export interface Writing {
  readonly session: Session
  readonly terms: Terms
  readonly changes: Changes
}

/** An event that was taken out of where it was. */
export interface Taken {
  readonly row: number
  readonly facts: Facts
  /** The one that it had, if any: it goes into its history. */
  readonly end: EndColumns | undefined
}

/** It goes on with new content. */
export async function reopen(
  writing: Writing,
  { row, facts, end }: Taken,
  content: NewContent,
  { what, by, nowMs }: Cause,
): Promise<void> {
  const { session, terms, changes } = writing
  const passages: RowPassage[] = [{ row, atMs: nowMs, what, code: undefined, message: undefined, by }]
  if (end !== undefined) {
    passages.unshift(passageOfEnd(terms, end))
    changes.leaveEnd(facts, endedAs(end), nowMs)
  } else changes.leave(facts)
  await addPassages(session, passages)
  const after = await replaceContent(writing, row, facts, content)
  await session.query(FORGET_TRIES, [[row]])
  await session.query('delete from waybill_store.suspicion where row = $1', [row])
  if (content.arrived !== undefined) await relink(session, row, content.arrived.contexts ?? [])
  await enterAgain(writing, row, after, content, nowMs)
}

const DUE_AT_ONCE = `
  update waybill_store.account set due_ms = null, is_reopened = true where row = any ($1::bigint[])`
const QUEUE_AGAIN = `
  insert into waybill_store.queue (row, timestamp_ms, due_ms, pixel, shape, minute, lane, is_kept, is_tried)
  select row, timestamp_ms, 0, pixel, shape, timestamp_ms / 60000, 0, true, true
  from waybill_store.account where row = any ($1::bigint[])`

/** Ended events, taken out of their ends, go on as they were, due at once. */
export async function replay(writing: Writing, ends: readonly EndColumns[], { what, by, nowMs }: Cause): Promise<void> {
  const { session, terms, changes } = writing
  const rows = ends.map(({ row }) => row)
  const facts = await readFacts(session, rows)
  for (const end of ends) {
    const of = facts.get(end.row)!
    changes.leaveEnd(of, endedAs(end), nowMs)
    changes.begin(of)
    changes.tally(of.pixel, of.shape, READY, 1)
  }
  const again = { atMs: nowMs, what, code: undefined, message: undefined, by }
  await addPassages(
    session,
    ends.flatMap((end) => [passageOfEnd(terms, end), { row: end.row, ...again }]),
  )
  await session.query(DUE_AT_ONCE, [rows])
  await session.query(FORGET_TRIES, [rows])
  await session.query(QUEUE_AGAIN, [rows])
}

async function replaceContent(
  { session, terms }: Writing,
  row: number,
  facts: Facts,
  content: NewContent,
): Promise<Facts> {
  const { wire, timestampMs, dueMs = 0, issues, arrived } = content
  const { amount, currency } = moneyOf(content)
  const currencyTerm = currency === undefined ? null : terms.number(currency)
  const shape = terms.number(content.shape)
  await session.query(REPLACE, [
    row,
    shape,
    timestampMs,
    dueMs === 0 ? null : dueMs,
    Buffer.byteLength(wire),
    Buffer.from(contentDigest(content)),
    issues.length === 0 ? null : JSON.stringify(issues),
    amount,
    currencyTerm,
    arrived !== undefined,
    arrived?.origin === undefined ? null : JSON.stringify(arrived.origin),
    arrived?.contexts === undefined ? null : JSON.stringify(arrived.contexts),
  ])
  await session.query(KEEP_BODY, [row, toText(wire)])
  return { ...facts, shape, timestampMs, amount, currency: currencyTerm }
}

async function relink(session: Session, row: number, keys: readonly string[]): Promise<void> {
  await session.query('delete from waybill_store.order_key where row = $1 and key <> all ($2::text[])', [row, keys])
  if (keys.length > 0)
    await session.query(
      'insert into waybill_store.order_key (key, row) select unnest($2::text[]), $1 on conflict do nothing',
      [row, keys],
    )
}

/** It waits, or ended again at once. It has a key at its acceptance in either case: lists look there. */
async function enterAgain(
  { session, terms, changes }: Writing,
  row: number,
  facts: Facts,
  { state, issues, dueMs = 0, timestampMs }: Pick<NewContent, 'state' | 'issues' | 'dueMs' | 'timestampMs'>,
  nowMs: number,
): Promise<void> {
  changes.begin(facts)
  if (state === 'refused' || state === 'discarded') {
    const { code, message } = refusalReason(issues)
    const term = terms.number(code)
    changes.leave(facts)
    changes.end(facts, { state, atMs: nowMs, code: term })
    await insertEnds(session, [
      { row, pixel: facts.pixel, state: END_CODES[state], code: term, endedMs: nowMs, message },
    ])
    return
  }
  const lane = dueMs > nowMs ? WAITING : READY
  changes.tally(facts.pixel, facts.shape, lane, 1)
  await session.query(INSERT_AGAIN, [row, timestampMs, dueMs, facts.pixel, facts.shape, minuteOf(timestampMs), lane])
}
