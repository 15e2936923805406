import type { Mark } from '../mark.ts'
import type { Range, SentenceInputs, SentenceQuestion } from '../reads/index.ts'
import { groups } from './groups.ts'
import type { Moment } from './moment.ts'
import { latency, now } from './overview.ts'
import type { Reading } from './reading.ts'
import { series } from './series.ts'

const WEEKS = 4

/** All that the sentence of Today is made of. */
export function* sentence(
  moment: Moment,
  marks: (range: Range) => Reading<{ readonly marks: readonly Mark[] }>,
  question: SentenceQuestion,
): Reading<SentenceInputs> {
  const { fromMs, untilMs, pixels, step = 'quarter' } = question
  const about = { fromMs, untilMs, ...(pixels && { pixels }) }
  const chart = { ...about, step, weeksBefore: WEEKS }
  return {
    now: yield* now(moment, about),
    whole: yield* series(moment, { ...chart, kinds: ['accepted', 'delivered', 'refused', 'expired'] }),
    bySource: yield* series(moment, { ...chart, kinds: ['accepted'], by: 'source' }),
    refused: yield* groups(moment, { ...about, count: { flow: 'refused' }, by: ['source', 'code'] }),
    latency: yield* latency(moment, about),
    marks: (yield* marks({ fromMs, untilMs })).marks,
  }
}
