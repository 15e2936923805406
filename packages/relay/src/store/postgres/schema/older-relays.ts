import { SECOND_MS } from 'waybill/delivery'
import type { Session } from '../connection/database.ts'
import { fromText } from '../text.ts'
import type { Migration } from './migration.ts'
import type { Standing } from './standing.ts'

/** A relay that runs, as its row says. */
export interface OlderRelay {
  readonly name: string
  /** Its version of Waybill; empty where it said none. */
  readonly waybill: string
  /** The newest version of the schema that it knows. */
  readonly knows: number
  readonly ago_ms: number
}

const OLDER = `
  select name, waybill, knows, extract(epoch from clock_timestamp() - renewed)::float8 * 1000 as ago_ms from waybill_store.relay
  where ends > clock_timestamp() and knows < $1 order by renewed desc`

/** Later than every version. */
const ANY_VERSION = 2 ** 31 - 1

/** Relays that run and know no version from this one on: of a schema whose table of relays says what they know. */
export async function olderThan(session: Session, worksBeside: number): Promise<OlderRelay[]> {
  const older = await session.query<OlderRelay>(OLDER, [worksBeside])
  return older.map((relay) => ({ ...relay, name: fromText(relay.name) }))
}

/** All that run. */
export function running(session: Session): Promise<OlderRelay[]> {
  return olderThan(session, ANY_VERSION)
}

export function describeRelay({ name, waybill, knows, ago_ms }: OlderRelay): string {
  return `${name} (Waybill ${waybill}, schema ${knows}, renewed ${(ago_ms / SECOND_MS).toFixed(1)} s ago)`
}

/** Relays may run that it leaves no room. On a schema that is not there yet nobody can work. */
export function isBreaking({ worksBeside }: Pick<Migration, 'worksBeside'>, standing: Standing): boolean {
  return standing.version > 0 && worksBeside > standing.worksBeside
}

/** A pending change, with the relays that run and are left no room by it. */
export interface Crowded {
  readonly migration: string
  readonly relays: readonly string[]
}

const SAYS_WHAT_IT_KNOWS = `
  select exists (
    select from pg_catalog.pg_attribute where attrelid = to_regclass('waybill_store.relay') and attname = 'knows') as says`
/** Before there was a column for it: as the migration that made it says. */
const EARLIEST = `
  select name, '' as waybill, 2 as knows, 0::float8 as ago_ms from waybill_store.relay where ends > clock_timestamp() order by name`

/** The first pending change that leaves no room to relays that run now; `undefined` where none does. */
export async function crowdedBy(
  session: Session,
  standing: Standing,
  migrations: readonly Migration[],
): Promise<Crowded | undefined> {
  const pending = migrations.filter((each) => each.version > standing.version && isBreaking(each, standing))
  if (pending.length === 0) return undefined
  const [{ says } = { says: false }] = await session.query<{ says: boolean }>(SAYS_WHAT_IT_KNOWS)
  for (const { name, worksBeside } of pending) {
    const older = says ? await olderThan(session, worksBeside) : await earliest(session, worksBeside)
    if (older.length > 0) return { migration: name, relays: older.map(describeRelay) }
  }
  return undefined
}

async function earliest(session: Session, worksBeside: number): Promise<OlderRelay[]> {
  const all = await session.query<OlderRelay>(EARLIEST)
  return all.filter(({ knows }) => knows < worksBeside).map((relay) => ({ ...relay, name: fromText(relay.name) }))
}
