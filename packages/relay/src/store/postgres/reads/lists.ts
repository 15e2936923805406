import type { Lists } from '../../answers/events.ts'
import { isEnd, type Match } from '../../answers/match.ts'
import type { Lister } from '../../answers/page.ts'
import { atOnce } from '../../answers/reading.ts'
import type { EventListQuestion } from '../../reads/index.ts'
import type { Situation } from '../situation.ts'
import { listDelivered } from './delivered.ts'
import { listBodies, listOrder, listSending, listSuspects, listWaiting } from './few-lists.ts'
import { listIds, totalOfIds } from './id-list.ts'
import { leasedAt } from './leased.ts'
import { listed } from './listed.ts'
import type { PostgresMoment } from './moment.ts'
import { listArrivals, listEnded } from './time-lists.ts'

export function lists(moment: PostgresMoment): Lists<Situation> {
  return {
    lister: (match, question) => listerOf(moment, match, question),
    listed: (events) => atOnce(events.map((event) => listed(moment, event))),
    leased: (match, limit) => leasedAt(moment, match, limit),
    total: (match, { idPrefix, orderKey }, limit) =>
      idPrefix === undefined || orderKey !== undefined ? atOnce(undefined) : totalOfIds(moment, match, idPrefix, limit),
  }
}

function listerOf(
  moment: PostgresMoment,
  match: Match,
  { idPrefix, orderKey, suspect, state, identity }: EventListQuestion,
): Lister<Situation> {
  if (orderKey !== undefined) return (page) => listOrder(moment, match, page, orderKey)
  if (idPrefix !== undefined) return (page) => listIds(moment, match, page, idPrefix)
  if (identity !== undefined) return (page) => listBodies(moment, match, page, identity)
  if (suspect === true) return (page) => listSuspects(moment, match, page)
  if (state === 'sending') return (page) => listSending(moment, match, page)
  if (state === undefined) return (page) => listArrivals(moment, match, page)
  if (!isEnd(state)) return (page) => listWaiting(moment, match, page)
  return state === 'delivered' ? (page) => listDelivered(moment, match, page) : (page) => listEnded(moment, match, page)
}
