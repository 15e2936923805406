import { StoreSupersededError } from '../../errors.ts'
import type { Session } from '../connection/database.ts'

/** How far the schema of a database is. */
export interface Standing {
  /** 0 where there is none yet. */
  readonly version: number
  /** The oldest version whose relays may work on it. */
  readonly worksBeside: number
}

const HAS_SCHEMA = "select to_regclass('waybill_store.migration') is not null as has_schema"
const STANDING = `
  select coalesce(max(version), 0) as version, coalesce(max(works_beside), 0) as "worksBeside" from waybill_store.migration`
const FIRST_BEYOND = 'select waybill from waybill_store.migration where works_beside > $1 order by version limit 1'

/** Of a schema that is there: in a statement of another, the oldest version that may work on it. */
export const WORKS_BESIDE = '(select max(works_beside) from waybill_store.migration)'

export async function standingOf(session: Session): Promise<Standing> {
  const [found] = await session.query<{ has_schema: boolean }>(HAS_SCHEMA)
  if (found?.has_schema !== true) return { version: 0, worksBeside: 0 }
  const [standing] = await session.query<Standing>(STANDING)
  return standing!
}

/** Says in one line why who knows the schema up to `knows` may not work on it any more; `undefined` where it may. */
export async function supersededOf(session: Session, knows: number): Promise<StoreSupersededError | undefined> {
  const { version, worksBeside } = await standingOf(session)
  if (knows >= worksBeside) return undefined
  const [beyond] = await session.query<{ waybill: string }>(FIRST_BEYOND, [knows])
  return new StoreSupersededError(
    `The schema of the store is at version ${version}, beside which nothing before version ${worksBeside} works, and this relay knows it up to ${knows}.`,
    { hint: `Run the version of Waybill that changed it (${beyond?.waybill}), or a newer one.` },
  )
}

/** Throws unless who knows the schema up to `knows` may work on it. */
export async function assertCovered(session: Session, knows: number): Promise<void> {
  const superseded = await supersededOf(session, knows)
  if (superseded !== undefined) throw superseded
}
