import type { By } from '../../hold.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { addPassages, type EndColumns, endedAs, insertEnds, readFacts, takeWaiting, type Writing } from './reopen.ts'

/** An account before a task fixed it, and how it had ended. */
interface Before {
  readonly end: EndColumns
  readonly timestamp_ms: number
  readonly shape: number
  readonly bytes: number
  readonly due_ms: number | null
  readonly currency: number | null
  readonly amount: number | null
  /** Hex. */
  readonly content: string
  readonly issues: string | null
  readonly wire: string | null
}

const BEFORE = `
  select a.timestamp_ms, a.shape, a.bytes, a.due_ms, a.currency, a.amount, encode(a.content, 'hex') as content, a.issues,
    coalesce(k.wire, b.wire) as wire
  from waybill_store.account as a
  left join waybill_store.kept_body as k on k.row = a.row
  left join waybill_store.body as b on b.day = a.day and b.row = a.row
  where a.row = $1`
const KEEP = `
  insert into waybill_store.fixed (row, task, before) values ($1, $2, $3)
  on conflict (row) do update set task = excluded.task, before = excluded.before`

/** Keeps what an event is, before a fix replaces it. */
export async function keepFixed(_core: Core, session: Session, task: number, end: EndColumns): Promise<void> {
  const [columns] = await session.query<Omit<Before, 'end'>>(BEFORE, [end.row])
  await session.query(KEEP, [end.row, task, JSON.stringify({ ...columns, end })])
}

const TAKE_FIXED = 'select row, before from waybill_store.fixed where row = any ($1::bigint[])'
const RESTORE = `
  update waybill_store.account set timestamp_ms = $2, shape = $3, bytes = $4, due_ms = $5, currency = $6, amount = $7,
    content = decode($8, 'hex'), issues = $9 where row = $1`
const RESTORE_BODY = `
  insert into waybill_store.kept_body (row, wire) values ($1, $2) on conflict (row) do update set wire = excluded.wire`

/** What waits ends again as it had ended; what is on its way, or ended since, stays what it is. Gives the number taken back. */
export async function takeBack(write: Writing, rows: readonly number[], { by, nowMs }: By): Promise<number> {
  const { session, changes } = write
  const fixed = await session.query<{ row: number; before: string }>(TAKE_FIXED, [rows])
  const before = new Map(fixed.map((each) => [each.row, JSON.parse(each.before) as Before]))
  const taken = await takeWaiting(session, [...before.keys()], changes)
  const back = taken.map(({ row }) => row).sort((a, b) => a - b)
  const facts = await readFacts(session, back)
  for (const row of back) changes.leave(facts.get(row)!)
  await addPassages(
    session,
    back.map((row) => ({ row, atMs: nowMs, what: 'taken_back', code: undefined, message: undefined, by }) as const),
  )
  for (const row of back) await restore(session, row, before.get(row)!)
  await session.query('delete from waybill_store.fixed where row = any ($1::bigint[])', [back])
  await session.query('delete from waybill_store.suspicion where row = any ($1::bigint[])', [back])
  await endAgain(write, back, before, nowMs)
  return back.length
}

async function restore(session: Session, row: number, before: Before): Promise<void> {
  const { timestamp_ms, shape, bytes, due_ms, currency, amount, content, issues, wire } = before
  await session.query(RESTORE, [row, timestamp_ms, shape, bytes, due_ms, currency, amount, content, issues])
  if (wire !== null) await session.query(RESTORE_BODY, [row, wire])
}

async function endAgain(
  { session, changes }: Writing,
  rows: readonly number[],
  before: ReadonlyMap<number, Before>,
  nowMs: number,
): Promise<void> {
  const facts = await readFacts(session, rows)
  for (const row of rows) {
    const { state, code } = endedAs(before.get(row)!.end)
    changes.end(facts.get(row)!, { state, atMs: nowMs, code })
  }
  await insertEnds(
    session,
    rows.map((row) => {
      const { state, code, message } = before.get(row)!.end
      return { row, pixel: facts.get(row)!.pixel, state, code, endedMs: nowMs, message: message ?? undefined }
    }),
  )
}
