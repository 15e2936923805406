import type { Answers, Asks, QuestionName, Reads } from '../../reads/index.ts'
import type { Task } from '../../task.ts'
import type { MemoryData } from '../data.ts'
import { series, waiting } from './charts.ts'
import { flows, orders } from './flows.ts'
import { event, events, requests, requestTree } from './lists.ts'
import { isIn } from './numbers.ts'
import { backlog, faults, groups, known, latency, now, pixels, signal } from './sums.ts'

type Answering = {
  readonly [Name in QuestionName]: (data: MemoryData, asks: Asks<Name>) => Omit<Answers<Name>, 'commit'>
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
  known,
  marks: (data, range) => ({
    marks: data.marks.filter(({ atMs }) => isIn(range, atMs)).sort((a, b) => b.atMs - a.atMs),
  }),
  tasks: (data, { pixels: of, limit }) => {
    const isMine = ({ selection }: Task): boolean =>
      of === undefined || selection.pixels?.every((pixel) => of.includes(pixel)) === true
    return { tasks: [...data.tasks.values()].reverse().slice(0, limit).filter(isMine) }
  },
  actions(data, { cursor, limit }) {
    const older = data.actions.filter(({ seq }) => cursor === undefined || seq < Number(cursor)).reverse()
    const items = older.slice(0, limit)
    return { items, cursor: older.length > limit ? String(items.at(-1)?.seq) : undefined }
  },
  sentence(data, question) {
    const { fromMs, untilMs, pixels: of, step = 'quarter' } = question
    const about = { fromMs, untilMs, ...(of && { pixels: of }) }
    const chart = { ...about, step, weeksBefore: 4 }
    return {
      now: now(data, about),
      whole: series(data, { ...chart, kinds: ['accepted', 'delivered', 'refused', 'expired'] }),
      bySource: series(data, { ...chart, kinds: ['accepted'], by: 'source' }),
      refused: groups(data, { ...about, count: { flow: 'refused' }, by: ['source', 'code'] }),
      latency: latency(data, about),
      marks: ANSWERS.marks(data, about).marks,
    }
  },
}

/** Every question answered by looking at everything that ever happened. */
export function memoryReads(data: MemoryData): Reads {
  const ask = async <Name extends QuestionName>(name: Name, asks: Asks<Name>): Promise<Answers<Name>> =>
    ({ ...ANSWERS[name](data, asks), commit: data.happenings.length }) as Answers<Name>
  return {
    ask,
    async serve(name, asks, { encoding = 'identity', beside } = {}) {
      const value = await ask(name, asks)
      const body = Buffer.from(JSON.stringify(beside === undefined ? value : { ...value, beside }))
      if (encoding !== 'identity') throw new TypeError('The model packs nothing.')
      return { body, encoding, commit: value.commit }
    },
  }
}
