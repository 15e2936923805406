import { VERSION } from 'waybill'
import { DAY_MS } from 'waybill/delivery'
import {
  CHORES,
  type Claim,
  type Claims,
  EXPIRY,
  type Owner,
  type RelayRow,
  type Renewal,
  type ShapeChanges,
} from '../../claim.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { endLeases } from '../queue/give-back.ts'
import { assertCovered, WORKS_BESIDE } from '../schema/standing.ts'
import { sharedClock } from '../shared-clock.ts'
import { fromText, toText } from '../text.ts'

export function claimCalls(core: Core): Claims {
  // Relays that share data renew their rows for as long as each other.
  let lengthMs = DAY_MS
  return {
    renew(call) {
      lengthMs = call.forMs
      return renew(core, call)
    },
    claim: (wanted) => claim(core, wanted),
    takeOver: (gone, limit) => takeOver(core, { ...gone, lengthMs }, limit),
    owned: () => owned(core),
    note: (what, text) => note(core, what, text),
    keepShapes: (pixel, changes) => keepShapes(core, pixel, changes),
    giveUp: (what) => core.database.transaction((session) => giveUp(core, session, what)),
    leave: () => core.database.transaction((session) => leave(core, session)),
    owners: () => owners(core),
  }
}

/** Its end has passed, or lies further ahead than a renewal sets it: then the clock has stepped back since. */
const isOver = (length: string): string => {
  const clock = sharedClock('$2')
  return `(ends <= ${clock} or ends > ${clock} + ${length}::float8 * interval '1 millisecond')`
}

const RENEW = `
  with renewed as (
    insert into waybill_store.relay as r (relay, name, renewals, ends, delivers, knows, waybill)
    values ($1::uuid, $3, 1, ${sharedClock('$2')} + $4::float8 * interval '1 millisecond', $6, $7, $8)
    on conflict (relay) do update
      set name = excluded.name, renewals = r.renewals + 1, ends = excluded.ends, delivers = excluded.delivers, renewed = excluded.renewed
    returning relay, name, renewals, ends, delivers),
  all_of as (
    select * from renewed
    union all select relay, name, renewals, ends, delivers from waybill_store.relay where relay <> $1::uuid)
  select relay::text as relay, name, renewals, relay = $1::uuid as is_own, ${isOver('$4')} as is_over, delivers,
    ${WORKS_BESIDE} as works_beside,
    (select count(*) from waybill_store.claim as c where c.relay = all_of.relay and c.pixel <> all ($5::integer[])) as pixels
  from all_of`

interface RelayColumns {
  readonly relay: string
  readonly name: string
  readonly renewals: number
  readonly is_own: boolean
  readonly is_over: boolean
  readonly delivers: boolean
  readonly works_beside: number
  readonly pixels: number
}

async function renew(core: Core, { name, forMs, delivers = true }: Renewal): Promise<RelayRow[]> {
  const { database, knows } = core
  const values = [...nowOf(core), toText(name), forMs, await choresOf(core), delivers, knows, VERSION]
  const rows = await database.query<RelayColumns>(RENEW, values)
  if (rows.some(({ works_beside }) => works_beside > knows)) await assertCovered(database, knows)
  return rows.map(({ is_own, is_over, works_beside: _, ...row }) => ({
    ...row,
    name: fromText(row.name),
    isOwn: is_own,
    isOver: is_over,
  }))
}

/** This relay, and the clock that relays share: the first two parameters of most statements. */
function nowOf({ owner, clockMs }: Core): [owner: string, nowMs: number | null] {
  return [owner, clockMs() ?? null]
}

async function choresOf({ terms }: Core): Promise<number[]> {
  await terms.keep([CHORES, EXPIRY])
  return [terms.number(CHORES), terms.number(EXPIRY)]
}

const IS_ALIVE = `exists (select from waybill_store.relay where relay = $1::uuid and ends > ${sharedClock('$2')})`
const TAKEN = `
  c.pixel, c.note, extract(epoch from ${sharedClock('$2')} - c.noted)::float8 * 1000 as noted_ago_ms,
  extract(epoch from ${sharedClock('$2')} - c.given_up)::float8 * 1000 as given_up_ago_ms,
  array(
    select t.text from waybill_store.shape as s join waybill_store.term as t on t.term = s.shape
    where s.pixel = c.pixel order by s.taken_ms, s.shape) as shapes`
const CLAIM = `
  insert into waybill_store.claim as c (pixel, relay)
  select wanted, $1::uuid from unnest($3::integer[]) as wanted where ${IS_ALIVE} order by wanted
  on conflict (pixel) do update set relay = excluded.relay where c.relay is null returning ${TAKEN}`

interface TakenColumns {
  readonly pixel: number
  readonly note: string | null
  readonly noted_ago_ms: number | null
  readonly given_up_ago_ms: number | null
  readonly shapes: readonly string[]
}

async function claim(core: Core, wanted: readonly string[]): Promise<Claim[]> {
  const all = [...new Set(wanted)]
  await core.terms.keep(all)
  const numbers = all.map((what) => core.terms.number(what))
  return tell(core, await core.database.query<TakenColumns>(CLAIM, [...nowOf(core), numbers]))
}

async function tell({ terms }: Core, taken: readonly TakenColumns[]): Promise<Claim[]> {
  await terms.load(taken.map(({ pixel }) => pixel))
  return taken.map(({ pixel, note, noted_ago_ms, given_up_ago_ms, shapes }) => ({
    what: terms.text(pixel),
    note: note === null ? undefined : { text: fromText(note), agoMs: Math.max(0, noted_ago_ms ?? 0) },
    givenUpAgoMs: given_up_ago_ms === null ? undefined : Math.max(0, given_up_ago_ms),
    shapes: shapes.map(fromText),
  }))
}

const HOLD_GONE = `
  select from waybill_store.relay where relay = $3::uuid and relay <> $1::uuid and renewals = $4
    and ${isOver('$5')} and ${IS_ALIVE} for update`
const TAKE_OVER = `
  update waybill_store.claim as c set relay = $1::uuid where c.pixel in (
    select pixel from waybill_store.claim where relay = $3::uuid order by pixel = any ($4::integer[]) desc, pixel limit $5 for update)
  returning ${TAKEN}`
const DROP_EMPTY = `
  delete from waybill_store.relay where relay = $1::uuid and not exists (
    select from waybill_store.claim where relay = $1::uuid)`

async function takeOver(
  core: Core,
  { relay, renewals, lengthMs }: Pick<RelayRow, 'relay' | 'renewals'> & { readonly lengthMs: number },
  limit: number,
): Promise<Claim[]> {
  const [chores, now] = [await choresOf(core), nowOf(core)]
  const taken = await core.database.transaction(async (session) => {
    if ((await session.query(HOLD_GONE, [...now, relay, renewals, lengthMs])).length === 0) return []
    const some = await session.query<TakenColumns>(TAKE_OVER, [...now, relay, chores, limit])
    // After the claims are taken: nobody leases of them under the old name any more.
    await endLeases(
      core,
      session,
      relay,
      some.map(({ pixel }) => pixel),
    )
    await session.query(DROP_EMPTY, [relay])
    return some
  })
  const isChore = ({ pixel }: TakenColumns): number => Number(chores.includes(pixel))
  return tell(
    core,
    taken.sort((a, b) => isChore(b) - isChore(a)),
  )
}

async function owned({ database, terms, owner }: Core): Promise<string[]> {
  const sql = 'select pixel from waybill_store.claim where relay = $1::uuid order by pixel'
  const rows = await database.read<{ pixel: number }>(sql, [owner])
  await terms.load(rows.map(({ pixel }) => pixel))
  return rows.map(({ pixel }) => terms.text(pixel))
}

const NOTE = `
  update waybill_store.claim set note = $4, noted = ${sharedClock('$2')} where pixel = $3 and relay = $1::uuid returning pixel`

async function note(core: Core, what: string, text: string): Promise<boolean> {
  await core.terms.find([what])
  const values = [...nowOf(core), core.terms.found(what), toText(text)]
  return (await core.database.query(NOTE, values)).length > 0
}

const KEEP_SHAPES = `
  with mine as (select pixel from waybill_store.claim where pixel = $3 and relay = $1::uuid),
  dropped as (
    delete from waybill_store.shape as s using mine where s.pixel = mine.pixel and s.shape = any ($5::integer[]) returning 1),
  kept as (
    insert into waybill_store.shape (pixel, shape, taken_ms)
    select mine.pixel, each_of.shape, extract(epoch from ${sharedClock('$2')}) * 1000 from mine, unnest($4::integer[]) as each_of (shape)
    on conflict (pixel, shape) do update set taken_ms = excluded.taken_ms returning 1)
  select pixel from mine`

async function keepShapes(core: Core, pixel: string, { taken, gone }: ShapeChanges): Promise<boolean> {
  const { terms, database } = core
  await terms.find([pixel, ...gone])
  await terms.keep(taken)
  const numbers = [taken.map((shape) => terms.number(shape)), gone.map((shape) => terms.found(shape))]
  return (await database.query(KEEP_SHAPES, [...nowOf(core), terms.found(pixel), ...numbers])).length > 0
}

const GIVE_UP = `
  update waybill_store.claim set relay = null, given_up = ${sharedClock('$2')}
  where relay = $1::uuid and ($3::integer[] is null or pixel = any ($3::integer[])) returning pixel`

/** In a transaction; all, where nothing is named. */
async function giveUp(core: Core, session: Session, what?: readonly string[]): Promise<void> {
  if (what !== undefined) await core.terms.find(what, session)
  const numbers = what === undefined ? null : what.map((each) => core.terms.found(each))
  const given = await session.query<{ pixel: number }>(GIVE_UP, [...nowOf(core), numbers])
  await endLeases(
    core,
    session,
    core.owner,
    given.map(({ pixel }) => pixel),
  )
}

/** In a transaction: gives all up and takes the row away. */
export async function leave(core: Core, session: Session): Promise<void> {
  await giveUp(core, session)
  await session.query('delete from waybill_store.relay where relay = $1::uuid', [core.owner])
}

const OWNERS = `
  select c.pixel, c.relay::text as relay, coalesce(r.name, '') as name from waybill_store.claim as c
  left join waybill_store.relay as r on r.relay = c.relay where c.relay is not null order by c.pixel`

async function owners({ database, terms }: Core): Promise<Owner[]> {
  const rows = await database.read<{ pixel: number; relay: string; name: string }>(OWNERS)
  await terms.load(rows.map(({ pixel }) => pixel))
  return rows.map(({ pixel, relay, name }) => ({ what: terms.text(pixel), relay, name: fromText(name) }))
}
