import type { Answers, Asks, QuestionName } from '../../reads/index.ts'
import { event } from './account.ts'
import { backlog } from './backlog.ts'
import { events } from './events.ts'
import { faults } from './faults.ts'
import { flows } from './flows.ts'
import { groups } from './groups.ts'
import { type Live, Moment, type Reader } from './moment.ts'
import { orders } from './orders.ts'
import { known, latency, now, pixels } from './overview.ts'
import { actions, marks, sentence, tasks } from './records.ts'
import { requests, requestTree } from './requests.ts'
import { series, waiting } from './series.ts'
import { signal } from './signal.ts'

type Answering = {
  readonly [Name in QuestionName]: (moment: Moment, asks: Asks<Name>) => Omit<Answers<Name>, 'commit'>
}

const ANSWERS: Answering = {
  now,
  backlog,
  events,
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
  sentence,
  known,
  marks,
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
  const moment = new Moment(reader, live)
  return { ...ANSWERS[name](moment, asks), commit: moment.commit } as Answers<Name>
}
