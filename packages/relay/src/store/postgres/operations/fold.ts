import { unlessPassing } from '../../errors.ts'
import type { Database, Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { foldFlow } from '../roll-up/fold-flow.ts'
import { foldTook } from '../roll-up/fold-took.ts'
import type { Grains } from '../roll-up/grains.ts'
import { IS_OVER } from '../roll-up/is-over.ts'

/** So many rows more than keys are left as they are: what was folded is not written anew each time. */
const FEW = 500

/** Folds the counts into one row for each key. */
const FOLD_TALLY = `
  with enough as (
    select from (select count(*) as rows from waybill_store.tally) as all_of,
      (select count(*) as keys from (select from waybill_store.tally group by pixel, shape, kind) as each_of) as distinct_of
    where rows > 2 * keys + ${FEW}),
  over as (delete from waybill_store.tally where exists (select from enough) and ${IS_OVER} returning *)
  insert into waybill_store.tally (pixel, shape, kind, events)
  select pixel, shape, kind, sum(events) as events from over group by pixel, shape, kind having sum(events) <> 0`

/** In a transaction of its only doer: folds counts, the roll-up and what took how long. */
export async function fold(session: Session, grains: Grains): Promise<void> {
  await session.query(FOLD_TALLY)
  await foldFlow(session, grains)
  await foldTook(session, grains)
}

/** Whoever sums up the counts reads what was not folded: a relay sees to it every few seconds. */
const EVERY_MS = 5_000
export const DOER = "select pg_try_advisory_xact_lock(hashtext('waybill_store.fold')) as is_doer"

/** Folds the counts now and then, unless another relay is at it. */
export class TallyFolding {
  readonly #database: Database
  readonly #monotonicMs: () => number
  #nextMs = 0

  constructor({ database, monotonicMs }: Pick<Core, 'database' | 'monotonicMs'>) {
    this.#database = database
    this.#monotonicMs = monotonicMs
  }

  /** Where the database is away it is left for the next time. */
  async foldWhenDue(): Promise<void> {
    const nowMs = this.#monotonicMs()
    if (nowMs < this.#nextMs) return
    this.#nextMs = nowMs + EVERY_MS
    await unlessPassing(() =>
      this.#database.transaction(async (session) => {
        const [lock] = await session.query<{ is_doer: boolean }>(DOER)
        if (lock?.is_doer === true) await session.query(FOLD_TALLY)
      }),
    )
  }
}
