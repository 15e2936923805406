import { StoreError } from '../../errors.ts'
import type { Acceptance } from '../../event.ts'
import { WAITING } from '../../sqlite/state.ts'
import { keyOfId } from '../account-columns.ts'
import { Changes } from '../changes.ts'
import { type Session, UnknownWriteError } from '../connection/database.ts'
import { constraintOf } from '../connection/faults.ts'
import type { Core } from '../core.ts'
import { readFacts, reopen, takeEnded, takeWaiting, termsOf as termsOfContent } from '../operations/reopen.ts'
import { loadTexts, type Situation, seen, situationsOf } from '../situation.ts'
import { fromText } from '../text.ts'
import { insertion, termsOf } from './insert.ts'
import { type Arrival, type IntakePlan, type KnownAccount, planIntake } from './plan.ts'

const MOST_TRIES = 6
/** A repeat looks for what the first try may have written. */
const UNKNOWN_TRIES = 2

const FIND = `
  select place.at::integer as at, a.row from unnest($1::integer[], $2::text[], $3::integer[]) with ordinality as place (pixel, id, name, at)
  join waybill_store.account as a on a.pixel = place.pixel and a.id = place.id and a.name = place.name`
const FIND_ROWS = 'select row from waybill_store.account where row = any ($1::bigint[])'

/** Another relay was there first: look again. */
class MetError extends StoreError {}

/**
 * Keeps the events of a call, or of several, in one transaction. What is known is looked for first, by a statement of its own, so that the
 * usual case is two round trips. A try whose answer was lost is repeated under the same row numbers: what is found under them is its own.
 */
export async function accept(core: Core, events: readonly Omit<Arrival, 'row' | 'key'>[]): Promise<Acceptance[]> {
  const rows = await core.rows.take(events.length)
  const arrivals = events.map((each, at): Arrival => ({ ...each, row: rows[at]!, key: keyOf(each.event) }))
  await core.terms.keep(arrivals.flatMap(termsOf))
  let unknown = 0
  for (let tries = 1; ; tries++) {
    try {
      return await tryOnce(core, arrivals, unknown > 0)
    } catch (error) {
      if (error instanceof UnknownWriteError && ++unknown < UNKNOWN_TRIES) continue
      if (!isMet(error) || tries === MOST_TRIES) throw error
    }
  }
}

function keyOf({ pixel, name, id }: Arrival['event']): string | undefined {
  return id === undefined ? undefined : JSON.stringify([pixel, id, name])
}

/** Somebody else wrote one of the keys between the look and the insert. */
function isMet(error: unknown): boolean {
  return error instanceof MetError || constraintOf(error) !== undefined
}

async function tryOnce(core: Core, arrivals: readonly Arrival[], isRepeat: boolean): Promise<Acceptance[]> {
  const known = await findKnown(core, arrivals)
  const written = isRepeat ? await findWritten(core, arrivals) : new Set<number>()
  const plan = planIntake(arrivals, known, written)
  if (plan.opened.length > 0 || plan.reopened.length > 0) await core.partitions.during(() => write(core, plan))
  for (const { event, row } of [...plan.opened, ...plan.reopened])
    core.places.note(core.terms.number(event.pixel), core.terms.number(event.shape), event.timestampMs, row)
  return [...plan.acceptances]
}

async function findWritten({ database }: Core, arrivals: readonly Arrival[]): Promise<ReadonlySet<number>> {
  const found = await database.read<{ row: number }>(FIND_ROWS, [arrivals.map(({ row }) => row)])
  return new Set(found.map(({ row }) => row))
}

async function findKnown(core: Core, arrivals: readonly Arrival[]): Promise<Map<string, KnownAccount>> {
  const { database, terms } = core
  const keyed = arrivals.filter(({ key }) => key !== undefined)
  const found = await database.read<{ at: number; row: number }>(FIND, [
    keyed.map(({ event }) => terms.number(event.pixel)),
    keyed.map(({ event }) => keyOfId(event.id!)),
    keyed.map(({ event }) => terms.number(event.name)),
  ])
  if (found.length === 0) return new Map()
  const situations = await situationsOf({ query: (sql, values) => database.read(sql, values) }, [
    ...new Set(found.map(({ row }) => row)),
  ])
  await loadTexts(terms, situations)
  const wires = await readWires(core, situations)
  const byRow = new Map(situations.map((situation) => [situation.row, knownOf(core, situation, wires)]))
  return new Map(
    found.flatMap(({ at, row }) => {
      const account = byRow.get(row)
      return account === undefined ? [] : [[keyed[at - 1]!.key!, account] as const]
    }),
  )
}

const WIRES = `
  select a.row, coalesce(k.wire, b.wire) as wire from waybill_store.account as a
  left join waybill_store.kept_body as k on k.row = a.row
  left join waybill_store.body as b on b.day = a.day and b.row = a.row
  where a.row = any ($1::bigint[])`

/** Bodies of events; of what was delivered there is none, unless bodies are kept. */
export async function readWires(
  { database, keepBodies }: Core,
  situations: readonly Pick<Situation, 'row' | 'delivered_ms'>[],
): Promise<Map<number, string>> {
  const rows = situations.filter(({ delivered_ms }) => keepBodies || delivered_ms === null).map(({ row }) => row)
  if (rows.length === 0) return new Map()
  const found = await database.read<{ row: number; wire: string | null }>(WIRES, [rows])
  return new Map(found.flatMap(({ row, wire }) => (wire === null ? [] : [[row, fromText(wire)] as const])))
}

function knownOf({ terms }: Core, situation: Situation, wires: ReadonlyMap<number, string>): KnownAccount {
  const { row, content, issues, origin, lane } = situation
  const about = { issues: issues === null ? [] : JSON.parse(issues), wire: wires.get(row) }
  const first = { ...seen(terms, situation), ...about, origin: origin === null ? undefined : JSON.parse(origin) }
  return { row, content, first, isWaiting: lane === WAITING }
}

async function write(core: Core, plan: IntakePlan): Promise<void> {
  const { database, terms } = core
  const { opened, reopened } = plan
  if (reopened.length === 0) {
    const { sql, values } = insertion(terms, opened, new Changes())
    await database.query(sql, values)
    return
  }
  await terms.keep(reopened.flatMap(({ event }) => termsOfContent(event)))
  await database.transaction(async (session) => {
    if (opened.length > 0) {
      const { sql, values } = insertion(terms, opened, new Changes())
      await session.query(sql, values)
    }
    for (const arrival of reopened) await goOn(core, session, arrival)
  })
}

/** The account goes on with what arrived, unless somebody else changed it meanwhile. */
async function goOn({ terms }: Core, session: Session, { row, event, nowMs }: Arrival): Promise<void> {
  const changes = new Changes()
  const [end] = await takeEnded(session, [row])
  const [waiting] = end === undefined ? await takeWaiting(session, [row], changes) : []
  if (end === undefined && waiting?.lane !== WAITING) throw new MetError('An account changed meanwhile.')
  if (end !== undefined) await terms.load([end.code])
  const facts = (await readFacts(session, [row])).get(row)!
  const { origin, contexts } = event
  const content = { ...event, arrived: { ...(origin && { origin }), ...(contexts && { contexts }) } }
  await reopen({ session, terms, changes }, { row, facts, end }, content, { what: 'arrived', by: event.source, nowMs })
  await changes.write(session)
}
