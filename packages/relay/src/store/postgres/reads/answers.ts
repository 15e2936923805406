import { events } from '../../answers/events.ts'
import type { Reading } from '../../answers/reading.ts'
import { sentence } from '../../answers/sentence.ts'
import { SHARED_ANSWERS } from '../../answers/shared.ts'
import type { Answers, Asks, QuestionName } from '../../reads/index.ts'
import { event } from './account.ts'
import { lists } from './lists.ts'
import type { PostgresMoment } from './moment.ts'
import { orders } from './orders.ts'
import { actions, marks, tasks } from './records.ts'
import { requests, requestTree } from './requests.ts'

type Answering = {
  readonly [Name in QuestionName]: (moment: PostgresMoment, asks: Asks<Name>) => Reading<Omit<Answers<Name>, 'commit'>>
}

export const ANSWERS: Answering = {
  ...SHARED_ANSWERS,
  events: (moment, asks) => events(moment, lists(moment), asks),
  event,
  requests,
  requestTree,
  orders,
  sentence: (moment, asks) => sentence(moment, (range) => marks(moment, range), asks),
  marks,
  tasks,
  actions,
}

/** Questions whose answers are as long as there was time for. */
export const LISTS: ReadonlySet<QuestionName> = new Set(['events', 'requests'])
