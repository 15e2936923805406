import type { Lists } from '../../answers/events.ts'
import { Guide } from '../../answers/guide.ts'
import { isEnd, type Match } from '../../answers/match.ts'
import type { Lister } from '../../answers/page.ts'
import { atOnce } from '../../answers/reading.ts'
import type { EventListQuestion } from '../../reads/index.ts'
import { ACCEPTED, DELIVERED, END_CODES } from '../../state.ts'
import { listArrivals } from './arrivals.ts'
import { delivered } from './deliveries.ts'
import { listEnds, undelivered } from './ends.ts'
import { listBodies, listIds, listOrder, listSending, listSuspects } from './keys.ts'
import { LISTED, type ListedColumns, listed, matches } from './listed.ts'
import type { SqliteMoment } from './moment.ts'
import { listWaiting } from './waiting-list.ts'

export function lists(moment: SqliteMoment): Lists<ListedColumns> {
  return {
    lister: (match, question) => listerOf(moment, match, question),
    listed: (events) => atOnce(events.map((event) => listed(moment, event))),
    leased(match, limit) {
      const rows = Array.from(moment.live.rows ?? [])
      if (rows.length > limit) return atOnce(undefined)
      const events = moment.rows(
        `SELECT ${LISTED} FROM event WHERE row IN (SELECT value FROM json_each(?)) AND state < ${DELIVERED}`,
        JSON.stringify(rows),
      )
      return atOnce((events as unknown as ListedColumns[]).filter((event) => matches(moment, event, match)))
    },
  }
}

function listerOf(
  moment: SqliteMoment,
  match: Match,
  { idPrefix, orderKey, suspect, state, identity }: EventListQuestion,
): Lister<ListedColumns> {
  if (orderKey !== undefined) return (page) => listOrder(moment, match, page, orderKey)
  if (idPrefix !== undefined) return (page) => listIds(moment, match, page, idPrefix)
  if (identity !== undefined) return (page) => listBodies(moment, match, page)
  if (suspect === true) return (page) => listSuspects(moment, match, page)
  if (state === 'sending') return (page) => listSending(moment, match, page)
  if (state === undefined || !isEnd(state)) {
    const arrivals: Lister<ListedColumns> = (page) =>
      listArrivals(moment, match, { ...page, guide: arrivalsGuide(moment, match) })
    return state === undefined ? arrivals : (page) => listWaiting(moment, match, page) ?? arrivals(page)
  }
  const kind = END_CODES[state]
  const guide = guideOf(moment, match, kind)
  const next = kind === DELIVERED ? () => delivered(moment, match) : () => undelivered(moment, match, kind)
  return (page) => listEnds(moment, match, { ...page, kind, guide }, next())
}

function guideOf(moment: SqliteMoment, { wanted }: Match, kind: number): Guide {
  return new Guide(moment, { kind, wanted, code: wanted.code ?? 0, areEnds: true })
}

/** Accounts have a key at the minute of their acceptance, and are counted there while they have not ended. */
function arrivalsGuide(moment: SqliteMoment, { wanted, state }: Match): Guide {
  return new Guide(moment, {
    kind: ACCEPTED,
    wanted: { ...wanted, code: undefined },
    code: 0,
    areEnds: state !== undefined,
  })
}
