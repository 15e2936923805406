import type { Account, EventSummary, Page, Passage, RefusedGroup, Search } from '../../account.ts'
import { keyCursor, numberCursor } from '../../cursor.ts'
import type { EventState } from '../../event.ts'
import type { Attempt } from '../../request.ts'
import { END_CODES, REFUSED } from '../../state.ts'
import { keyOfId } from '../account-columns.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { eachOf } from '../queue/give-back.ts'
import { loadTexts, type Situation, situationsOf, summarise } from '../situation.ts'
import { fromText, fromTextOrNull, toText } from '../text.ts'
import { readWires } from '../wires.ts'

/** Events that one page looks at, at most. */
const MAX_EXAMINED = 2_000

export function reading({ database }: Core): Session {
  return { query: (sql, values) => database.read(sql, values) }
}

const PIXELS = 'select pixel from waybill_store.tally where kind = 6 group by pixel'
const FIND_ID = `
  select a.row from (${PIXELS}) as p join waybill_store.account as a on a.pixel = p.pixel and a.id = $1
  where $2::integer is null or a.pixel = $2::integer order by a.row`

export async function show(core: Core, id: string, pixel?: string): Promise<Account[]> {
  if (pixel !== undefined) await core.terms.find([pixel])
  const of = pixel === undefined ? null : core.terms.found(pixel)
  const rows = await core.database.read<{ row: number }>(FIND_ID, [keyOfId(id), of])
  return accountsOf(
    core,
    rows.map(({ row }) => row),
  )
}

export async function showRow(core: Core, row: number): Promise<Account | undefined> {
  return (await accountsOf(core, [row]))[0]
}

async function accountsOf(core: Core, rows: readonly number[]): Promise<Account[]> {
  const situations = await situationsOf(reading(core), rows)
  await loadTexts(core.terms, situations)
  const wires = await readWires(core, situations, reading(core))
  return Promise.all(situations.map((situation) => accountOf(core, situation, wires.get(situation.row))))
}

async function accountOf(core: Core, situation: Situation, wire: string | undefined): Promise<Account> {
  const { issues, origin } = situation
  const about = {
    issues: issues === null ? [] : JSON.parse(issues),
    wire,
    origin: origin === null ? undefined : JSON.parse(origin),
  }
  const [requests, history] = await Promise.all([readRequests(core, situation), readHistory(core, situation)])
  return { ...summarise(core.terms, situation), ...about, requests, history }
}

const REQUESTS = `
  select at_ms, duration_ms, status, verdict, code, message, request_id, validate_only, ambiguous, events
  from waybill_store.request
  where int4range(pixel, pixel, '[]') @> $1::integer and rows @> $2::bigint and day >= $3::integer - 1 order by recorded, seq`

interface RequestColumns {
  readonly at_ms: number
  readonly duration_ms: number
  readonly status: number | null
  readonly verdict: string
  readonly code: string | null
  readonly message: string | null
  readonly request_id: string | null
  readonly validate_only: boolean
  readonly ambiguous: boolean
  readonly events: number
}

async function readRequests({ database }: Core, { pixel, row, day }: Situation): Promise<Attempt[]> {
  return (await database.read<RequestColumns>(REQUESTS, [pixel, row, day])).map(attemptOf)
}

export function attemptOf(columns: RequestColumns): Attempt {
  const { at_ms, duration_ms, status, verdict, code, message, request_id, validate_only, ambiguous, events } = columns
  return {
    atMs: at_ms,
    durationMs: duration_ms,
    status: status ?? undefined,
    verdict: fromText(verdict),
    ...(code !== null && { code: fromText(code) }),
    ...(message !== null && { message: fromText(message) }),
    ...(request_id !== null && { requestId: fromText(request_id) }),
    validateOnly: validate_only,
    ambiguous,
    events,
  }
}

const HISTORY = `
  select at_ms, what, code, message, by from waybill_store.passage where row = $1 and day >= $2::integer - 1 order by seq`

async function readHistory({ database }: Core, { row, day }: Situation): Promise<Account['history']> {
  return (await database.read<PassageColumns>(HISTORY, [row, day])).map(passageOf)
}

interface PassageColumns {
  readonly at_ms: number
  readonly what: string
  readonly code: string | null
  readonly message: string | null
  readonly by: string | null
}

export function passageOf({ at_ms, what, code, message, by }: PassageColumns): Passage {
  return {
    atMs: at_ms,
    what: what as Passage['what'],
    code: fromTextOrNull(code),
    message: fromTextOrNull(message),
    by: fromTextOrNull(by),
  }
}

export async function search(core: Core, wanted: Search): Promise<Page<EventSummary>> {
  if (wanted.idPrefix !== undefined) return searchIds(core, wanted, wanted.idPrefix)
  const below = numberCursor(wanted.cursor, Number.MAX_SAFE_INTEGER)
  const rows = await core.database.read<{ row: number }>(sourceOf(wanted), [below, MAX_EXAMINED])
  const { items, isFull } = await matching(core, rows, wanted)
  if (isFull) return { items, cursor: String(items.at(-1)!.row) }
  return { items, cursor: rows.length === MAX_EXAMINED ? String(rows.at(-1)!.row) : undefined }
}

/** Where events of a state are, the newest first. */
const SOURCES: Readonly<Partial<Record<EventState | 'suspect', string>>> = {
  queued: 'waybill_store.queue',
  held: 'waybill_store.queue',
  sending: `(select each.row from waybill_store.lease as l cross join ${eachOf('l.rows')}) as leased`,
  refused: `(select row from waybill_store.ended where state = ${END_CODES.refused}) as few`,
  expired: `(select row from waybill_store.ended where state = ${END_CODES.expired}) as few`,
  discarded: `(select row from waybill_store.ended where state = ${END_CODES.discarded}) as few`,
  suspect: 'waybill_store.suspicion',
}

function sourceOf({ state, suspect }: Search): string {
  const source = suspect === true ? SOURCES.suspect : state === undefined ? undefined : SOURCES[state]
  return `select row from ${source ?? 'waybill_store.account'} where row < $1 order by row desc limit $2`
}

const IDS = `
  select a.row, a.id, a.name, a.pixel from (${PIXELS}) as p cross join lateral (
    select row, id, name, pixel from waybill_store.account as inside
    where inside.pixel = p.pixel and inside.id >= $1 and inside.id < $2 and (inside.id, inside.name) >= ($3, $4::integer)
    order by inside.id, inside.name limit $6::integer) as a
  where (a.id, a.name, a.pixel) > ($3, $4::integer, $5::integer) and ($7::integer is null or a.pixel = $7::integer)
  order by a.id, a.name, a.pixel limit $6::integer`
/** Behind every text that begins with the prefix. */
const LAST = '\u{10FFFF}'

/** In the order of ids; the cursor is the last key that was looked at. */
async function searchIds(core: Core, wanted: Search, prefix: string): Promise<Page<EventSummary>> {
  const from = toText(prefix)
  const [id, name, pixel] = keyCursor(wanted.cursor, [from, -1, -1])
  if (wanted.pixel !== undefined) await core.terms.find([wanted.pixel])
  const only = wanted.pixel === undefined ? null : core.terms.found(wanted.pixel)
  const found = await core.database.read<{ row: number; id: string; name: number; pixel: number }>(IDS, [
    from,
    from + LAST,
    toText(id),
    name,
    pixel,
    MAX_EXAMINED,
    only,
  ])
  const { items, isFull } = await matching(core, found, wanted)
  const last = isFull ? found.find(({ row }) => row === items.at(-1)!.row) : found[MAX_EXAMINED - 1]
  return { items, cursor: last === undefined ? undefined : JSON.stringify([last.id, last.name, last.pixel]) }
}

/** Those that match, in the order of the rows, up to the limit. */
async function matching(
  core: Core,
  rows: readonly { readonly row: number }[],
  wanted: Search,
): Promise<{ readonly items: EventSummary[]; readonly isFull: boolean }> {
  const situations = await situationsOf(
    reading(core),
    rows.map(({ row }) => row),
  )
  await loadTexts(core.terms, situations)
  const byRow = new Map(situations.map((situation) => [situation.row, situation]))
  const items: EventSummary[] = []
  for (const { row } of rows) {
    const situation = byRow.get(row)
    const event = situation === undefined ? undefined : summarise(core.terms, situation)
    if (event !== undefined && matches(event, wanted)) items.push(event)
    if (items.length === wanted.limit) return { items, isFull: true }
  }
  return { items, isFull: false }
}

function matches(event: EventSummary, { state, code, pixel, suspect, sinceMs }: Search): boolean {
  if (suspect === true && event.suspicion === undefined) return false
  if (state !== undefined && event.state !== state) return false
  if (code !== undefined && event.code !== code) return false
  return (pixel === undefined || event.pixel === pixel) && event.acceptedMs >= (sinceMs ?? Number.NEGATIVE_INFINITY)
}

const GROUPS = `
  select pixel, code, count(*) as events, min(ended_ms) as first_ms, max(ended_ms) as last_ms
  from waybill_store.ended where state = ${REFUSED} group by code, pixel order by count(*) desc, min(row)`
const SAMPLES = `
  select row from waybill_store.ended where state = ${REFUSED} and code = $1 and pixel = $2
  order by ended_ms desc, row desc limit 3`

interface GroupColumns {
  readonly pixel: number
  readonly code: number
  readonly events: number
  readonly first_ms: number
  readonly last_ms: number
}

export async function refusedGroups(core: Core): Promise<RefusedGroup[]> {
  const groups = await core.database.read<GroupColumns>(GROUPS)
  await core.terms.load(groups.flatMap(({ pixel, code }) => [pixel, code]))
  const result: RefusedGroup[] = []
  for (const { pixel, code, events, first_ms, last_ms } of groups) {
    const rows = await core.database.read<{ row: number }>(SAMPLES, [code, pixel])
    const about = {
      pixel: core.terms.text(pixel),
      code: core.terms.text(code),
      events,
      firstMs: first_ms,
      lastMs: last_ms,
    }
    const { items } = await matching(core, rows, { limit: rows.length + 1 })
    result.push({ ...about, samples: items })
  }
  return result
}
