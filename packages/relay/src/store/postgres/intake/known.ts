import type { EventName } from '../../event.ts'
import { ledTo, nameKey, otherNames } from '../../names.ts'
import { WAITING } from '../../state.ts'
import { keyOfId } from '../account-columns.ts'
import { arrayOf } from '../binary-array.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { INT, TEXT } from '../insert-statement.ts'
import { readHolds } from '../operations/counts.ts'
import { loadTexts, type Situation, seen, situationsOf } from '../situation.ts'
import { NONE, type Terms } from '../terms.ts'
import { fromText } from '../text.ts'
import { readWires } from '../wires.ts'
import { type Arrival, type Known, type KnownAccount, keyOf } from './plan.ts'

const FIND = `
  select place.at::integer as at, a.row from unnest($1::integer[], $2::text[], $3::integer[]) with ordinality as place (pixel, id, name, at)
  cross join lateral (
    select row from waybill_store.account as a where a.pixel = place.pixel and a.id = place.id and a.name = place.name limit 1) as a`
const FIND_ROWS = 'select row from waybill_store.account where row = any ($1::bigint[])'
const FIND_TOLD = `
  select place.at::integer as at, c.value from unnest($1::integer[], $2::text[]) with ordinality as place (pixel, key, at)
  join waybill_store.context as c on c.pixel = place.pixel and c.key = place.key`

/** A name within its pixel. */
interface Named {
  readonly pixel: string
  readonly name: EventName
}

/** The names that arrivals are looked for under: their own, and others where they have some. */
export function namesOf(arrivals: readonly Arrival[]): Named[] {
  return arrivals.flatMap(({ event }) => {
    const { pixel, name, id } = event
    const own = id === undefined ? [] : [{ pixel, name: { name, id } }]
    return [...own, ...otherNames(event).map((other) => ({ pixel, name: other }))]
  })
}

/** What is known of accounts that arrivals may meet. `isRepeat`: an earlier try may have written them. */
export async function findKnown(
  core: Core,
  session: Session,
  arrivals: readonly Arrival[],
  isRepeat: boolean,
): Promise<Known> {
  const { terms } = core
  const names = namesOf(arrivals)
  const found = await findNames(terms, session, names)
  const told = await findTold(terms, session, arrivals)
  const rows = new Set([...found.map(({ row }) => row), ...[...told.values()].filter((row) => row !== undefined)])
  const accounts = rows.size === 0 ? new Map<number, KnownAccount>() : await readAccounts(core, session, [...rows])
  const byKey = new Map<string, KnownAccount>()
  for (const [row, account] of accounts) byKey.set(`row ${row}`, account)
  for (const { named, row } of found) {
    const account = accounts.get(row)
    if (account !== undefined) byKey.set(keyOf(named.pixel, named.name), account)
  }
  const written = isRepeat ? await findWritten(session, arrivals) : new Set<number>()
  return { accounts: byKey, told, written, holdOf: await findHolds(core, session, arrivals) }
}

/** No key comes twice. */
export function isEachOnce(arrivals: readonly Arrival[]): boolean {
  return new Set(arrivals.map(({ key }) => key)).size === arrivals.length
}

/** Holds, where a call brings something more than once. */
async function findHolds(core: Core, session: Session, arrivals: readonly Arrival[]): Promise<Known['holdOf']> {
  const held = isEachOnce(arrivals) ? [] : await readHolds(session)
  return ({ pixel, shape }) => {
    const [whose, of] = [core.terms.found(pixel), core.terms.found(shape)]
    const own = held.filter((each) => each.pixel === whose && (each.shape === NONE || each.shape === of))
    return (own.find((each) => each.shape === NONE) ?? own[0])?.hold
  }
}

async function findWritten(session: Session, arrivals: readonly Arrival[]): Promise<ReadonlySet<number>> {
  const found = await session.query<{ row: number }>(FIND_ROWS, [arrivals.map(({ row }) => row)])
  return new Set(found.map(({ row }) => row))
}

async function findNames(
  terms: Terms,
  session: Session,
  names: readonly Named[],
): Promise<{ readonly named: Named; readonly row: number }[]> {
  const found = await session.query<{ at: number; row: number }>(FIND, [
    arrayOf(
      INT,
      names.map(({ pixel }) => terms.found(pixel)),
    ),
    arrayOf(
      TEXT,
      names.map(({ name }) => keyOfId(name.id)),
    ),
    arrayOf(
      INT,
      names.map(({ name }) => terms.found(name.name)),
    ),
  ])
  return found.map(({ at, row }) => ({ named: names[at - 1]!, row }))
}

/** Where the own names of those lead that are looked for under other names. */
async function findTold(
  terms: Terms,
  session: Session,
  arrivals: readonly Arrival[],
): Promise<Map<string, number | undefined>> {
  const named = arrivals.filter(({ event }) => event.sameAs !== undefined)
  if (named.length === 0) return new Map()
  const found = await session.query<{ at: number; value: string }>(FIND_TOLD, [
    named.map(({ event }) => terms.found(event.pixel)),
    named.map(({ event: { name, id = '' } }) => nameKey({ name, id })),
  ])
  return new Map(found.map(({ at, value }) => [named[at - 1]!.key ?? '', ledTo(fromText(value))]))
}

async function readAccounts(core: Core, session: Session, rows: readonly number[]): Promise<Map<number, KnownAccount>> {
  const situations = await situationsOf(session, rows)
  await loadTexts(core.terms, situations, session)
  const wires = await readWires(core, situations, session)
  return new Map(situations.map((situation) => [situation.row, knownOf(core.terms, situation, wires)]))
}

function knownOf(terms: Terms, situation: Situation, wires: ReadonlyMap<number, string>): KnownAccount {
  const { row, content, issues, origin, lane } = situation
  const about = { issues: issues === null ? [] : JSON.parse(issues), wire: wires.get(row) }
  const first = { ...seen(terms, situation), ...about, origin: origin === null ? undefined : JSON.parse(origin) }
  return { row, content, first, isWaiting: lane === WAITING }
}
