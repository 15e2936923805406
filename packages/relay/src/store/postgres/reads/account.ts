import type { Moment } from '../../answers/moment.ts'
import type { Reading } from '../../answers/reading.ts'
import type { EventQuestion, KnownAccount } from '../../reads/index.ts'
import { ACCEPTED } from '../../state.ts'
import { keyOfId } from '../account-columns.ts'
import { passageOf } from '../operations/accounts.ts'
import type { Situation } from '../situation.ts'
import { fromText } from '../text.ts'
import { listed, numbersIn, situationsAt } from './listed.ts'
import type { PostgresMoment } from './moment.ts'
import { requestsOf } from './requests.ts'

/** Everything known of an event: one account for each pixel and name. */
export function* event(
  moment: PostgresMoment,
  { id, row, pixels }: EventQuestion,
): Reading<{ readonly accounts: readonly KnownAccount[] }> {
  if ((id === undefined) === (row === undefined)) throw new TypeError('Ask for an id or for a row.')
  const rows = id === undefined ? [row!] : yield* rowsOf(moment, id)
  const found = yield* situationsAt(moment, rows)
  const accounts: KnownAccount[] = []
  for (const each of found)
    if (pixels === undefined || pixels.includes(moment.terms.text(each.pixel)))
      accounts.push(yield* account(moment, each))
  return { accounts }
}

/** By the key of each pixel that ever had an event. */
function* rowsOf(moment: Moment, id: string): Reading<number[]> {
  const sql = `
    select a.row from (select distinct pixel from ${moment.tables.known} where kind = ${ACCEPTED}) as p
    join waybill_store.account as a on a.pixel = p.pixel and a.id = ? order by a.row`
  return numbersIn(yield* moment.all(sql, keyOfId(id)), 'row')
}

function* account(moment: PostgresMoment, situation: Situation): Reading<KnownAccount> {
  const { issues, origin } = situation
  const fixed = yield* moment.one(`select task from waybill_store.fixed where row = ${situation.row}`)
  const requests = yield* requestsOf(moment, situation)
  return {
    ...listed(moment, situation),
    issues: issues === null ? [] : JSON.parse(issues),
    wire: yield* wireOf(moment, situation),
    origin: origin === null ? undefined : JSON.parse(origin),
    requests: requests.map(({ pixel: _, ...request }) => request),
    history: yield* historyOf(moment, situation),
    takeBack: fixed === undefined ? undefined : { task: fixed['task'] as number },
  }
}

/** Of what was delivered there is none, unless all are kept. */
function* wireOf(moment: PostgresMoment, { row, day, delivered_ms }: Situation): Reading<string | undefined> {
  if (delivered_ms !== null && !moment.keepBodies) return undefined
  const found = yield* moment.one(`
    select coalesce(
      (select wire from waybill_store.kept_body where row = ${row}),
      (select wire from waybill_store.body where day = ${day} and row = ${row})) as wire`)
  const wire = found?.['wire'] as string | null
  return wire === null ? undefined : fromText(wire)
}

function* historyOf(moment: Moment, { row, day }: Situation): Reading<KnownAccount['history']> {
  const found = yield* moment.all(`
    select at_ms, what, code, message, by from waybill_store.passage where row = ${row} and day >= ${day - 1} order by seq`)
  return (found as unknown as Parameters<typeof passageOf>[0][]).map(passageOf)
}
