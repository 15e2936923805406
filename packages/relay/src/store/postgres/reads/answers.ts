import { events } from '../../answers/events.ts'
import { faults } from '../../answers/faults.ts'
import { flows } from '../../answers/flows.ts'
import { groups } from '../../answers/groups.ts'
import { backlog, known, latency, now, pixels } from '../../answers/overview.ts'
import type { Reading } from '../../answers/reading.ts'
import { sentence } from '../../answers/sentence.ts'
import { series, waiting } from '../../answers/series.ts'
import { signal } from '../../answers/signal.ts'
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
  now,
  backlog,
  events: (moment, asks) => events(moment, lists(moment), asks),
  event,
  requests,
  requestTree,
  series,
  waiting,
  flows,
  orders,
  groups,
  faults,
  pixels,
  latency,
  signal,
  sentence: (moment, asks) => sentence(moment, (range) => marks(moment, range), asks),
  known,
  marks,
  tasks,
  actions,
}

/** Questions whose answers are as long as there was time for. */
export const LISTS: ReadonlySet<QuestionName> = new Set(['events', 'requests'])
