import { StoreError } from '../../errors.ts'
import type { Mark } from '../../mark.ts'
import type { Answers, Asks, QuestionName, Reads, Served, ServeOptions } from '../../reads/index.ts'
import type { Core } from '../core.ts'
import { listActions } from '../operations/actions.ts'
import { readTasks } from '../operations/tasks.ts'
import { fromText } from '../text.ts'
import { backlog } from './backlog.ts'

type Answering<Name extends QuestionName> = (core: Core, asks: Asks<Name>) => Promise<Omit<Answers<Name>, 'commit'>>

/** Which questions are answered, and how. */
const ANSWERS: { readonly [Name in QuestionName]?: Answering<Name> } = {
  backlog,
  marks: async (core, { fromMs, untilMs }) => ({ marks: await readMarks(core, fromMs, untilMs) }),
  actions: (core, page) => listActions(core, page),
  async tasks({ database }, { pixels, limit }) {
    const tasks = await readTasks(database, 'true order by id desc', [])
    const own = tasks.filter(
      ({ selection }) => pixels === undefined || selection.pixels?.some((pixel) => pixels.includes(pixel)),
    )
    return { tasks: own.slice(0, limit) }
  },
}

export function postgresReads(core: Core): Reads {
  const ask = async <Name extends QuestionName>(name: Name, asks: Asks<Name>): Promise<Answers<Name>> => {
    const answering = ANSWERS[name] as Answering<Name> | undefined
    if (answering === undefined) throw new StoreError(`A store on PostgreSQL does not answer "${name}".`)
    return { ...(await answering(core, asks)), commit: await readCommit(core) } as Answers<Name>
  }
  return {
    ask,
    async serve<Name extends QuestionName>(
      name: Name,
      asks: Asks<Name>,
      { beside }: ServeOptions = {},
    ): Promise<Served> {
      const answer = await ask(name, asks)
      const body = Buffer.from(JSON.stringify(beside === undefined ? answer : { ...answer, beside }))
      return { body, encoding: 'identity', commit: answer.commit }
    },
  }
}

async function readCommit({ database }: Core): Promise<number> {
  const [row] = await database.read<{ commit: string }>(
    'select pg_snapshot_xmin(pg_current_snapshot())::text as commit',
  )
  return Number(row!.commit)
}

const MARKS = `
  select seq, at_ms, by, text, pixel from waybill_store.mark where at_ms >= $1::float8 and at_ms < $2::float8 order by at_ms, seq`

async function readMarks({ database }: Core, fromMs: number, untilMs: number): Promise<Mark[]> {
  const rows = await database.read<{ seq: number; at_ms: number; by: string; text: string; pixel: string | null }>(
    MARKS,
    [fromMs, untilMs],
  )
  return rows.map(({ seq, at_ms, by, text, pixel }) => ({
    seq,
    atMs: at_ms,
    by: fromText(by),
    text: fromText(text),
    ...(pixel !== null && { pixel: fromText(pixel) }),
  }))
}
