import { events } from '../../answers/events.ts'
import { atOnce, type Reading } from '../../answers/reading.ts'
import { sentence } from '../../answers/sentence.ts'
import { SHARED_ANSWERS } from '../../answers/shared.ts'
import type { Answers, Asks, QuestionName, Range } from '../../reads/index.ts'
import { event } from './account.ts'
import { lists } from './lists.ts'
import { type Live, type Reader, SqliteMoment } from './moment.ts'
import { orders } from './orders.ts'
import { actions, marks, tasks } from './records.ts'
import { requests, requestTree } from './requests.ts'
import { run } from './run.ts'

type Answering = {
  readonly [Name in QuestionName]: (
    moment: SqliteMoment,
    asks: Asks<Name>,
  ) => Reading<Omit<Answers<Name>, 'commit'>> | Omit<Answers<Name>, 'commit'>
}

const ANSWERS: Answering = {
  ...SHARED_ANSWERS,
  events: (moment, asks) => events(moment, lists(moment), asks),
  event,
  requests,
  requestTree,
  orders,
  sentence: (moment, asks) => sentence(moment, (range) => atOnce(marks(moment, range)), asks),
  marks: (moment, range: Range) => marks(moment, range),
  tasks,
  actions,
}

/** Answers a question from one moment of the file. */
export function answer<Name extends QuestionName>(
  reader: Reader,
  name: Name,
  asks: Asks<Name>,
  live: Live,
): Answers<Name> {
  const moment = new SqliteMoment(reader, live)
  const made = ANSWERS[name](moment, asks)
  const value = 'next' in made ? run(moment, made) : made
  return { ...value, commit: moment.commit } as Answers<Name>
}
