import type { Answers, Asks, QuestionName } from '../reads/index.ts'
import { faults } from './faults.ts'
import { flows } from './flows.ts'
import { groups } from './groups.ts'
import type { Moment } from './moment.ts'
import { backlog, known, latency, now, pixels } from './overview.ts'
import type { Reading } from './reading.ts'
import { series, waiting } from './series.ts'
import { signal } from './signal.ts'

type Answering<Names extends QuestionName> = {
  readonly [Name in Names]: (moment: Moment, asks: Asks<Name>) => Reading<Omit<Answers<Name>, 'commit'>>
}

type Shared =
  | 'now'
  | 'backlog'
  | 'series'
  | 'waiting'
  | 'flows'
  | 'groups'
  | 'faults'
  | 'pixels'
  | 'latency'
  | 'signal'
  | 'known'

/** Answers that every store gives by the same statements. */
export const SHARED_ANSWERS: Answering<Shared> = {
  now,
  backlog,
  series,
  waiting,
  flows,
  groups,
  faults,
  pixels,
  latency,
  signal,
  known,
}
