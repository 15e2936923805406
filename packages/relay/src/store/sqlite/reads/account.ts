import type { Passage } from '../../account.ts'
import type { EventOrigin } from '../../origin.ts'
import type { EventQuestion, KnownAccount } from '../../reads/index.ts'
import { LISTED, type ListedColumns, listed } from './listed.ts'
import type { SqliteMoment } from './moment.ts'
import { requestsOf } from './requests.ts'

/** Everything known of an event: one account for each pixel and name. */
export function event(
  moment: SqliteMoment,
  { id, row, pixels }: EventQuestion,
): { readonly accounts: readonly KnownAccount[] } {
  if ((id === undefined) === (row === undefined)) throw new TypeError('Ask for an id or for a row.')
  const [where, value] = id === undefined ? (['row = ?', row!] as const) : (['id = ?', id] as const)
  const events = moment.rows(`SELECT ${LISTED} FROM event WHERE ${where}`, value) as unknown as ListedColumns[]
  const mine = events.filter(({ pixel }) => pixels === undefined || pixels.includes(moment.terms.text(pixel)))
  return { accounts: mine.sort((a, b) => a.row - b.row).map((each) => account(moment, each)) }
}

function account(moment: SqliteMoment, event: ListedColumns): KnownAccount {
  const { row } = event
  const origin = moment.row('SELECT value FROM origin WHERE row = ?', row)?.['value'] as string | undefined
  const fixed = moment.row('SELECT task FROM fixed WHERE row = ?', row)?.['task'] as number | undefined
  return {
    ...listed(moment, event),
    issues: event.issues === null ? [] : JSON.parse(event.issues),
    wire: moment.row('SELECT wire FROM body WHERE row = ?', row)?.['wire'] as string | undefined,
    origin: origin === undefined ? undefined : (JSON.parse(origin) as EventOrigin),
    requests: requestsOf(moment, row).map(({ pixel: _, ...request }) => request),
    history: historyOf(moment, row),
    takeBack: fixed === undefined ? undefined : { task: fixed },
  }
}

function historyOf(moment: SqliteMoment, row: number): Passage[] {
  return moment.rows('SELECT * FROM passage WHERE row = ? ORDER BY seq', row).map((found) => ({
    atMs: found['at_ms'] as number,
    what: found['what'] as Passage['what'],
    code: (found['code'] as string | null) ?? undefined,
    message: (found['message'] as string | null) ?? undefined,
    by: (found['by'] as string | null) ?? undefined,
  }))
}
