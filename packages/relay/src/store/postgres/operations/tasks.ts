import { END_CODES } from '../../state.ts'
import type { NewTask, Task, TaskEvent, TaskEvents, TaskSelection, TaskStep, Tasks } from '../../task.ts'
import { idOf } from '../account-columns.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { fromTextOrNull, toText, toTextOrNull } from '../text.ts'
import { readWires } from '../wires.ts'
import { reading } from './accounts.ts'
import { addAction } from './actions.ts'
import { DISCARDED_CODE, discardRows, editOne, takeEnds, writing } from './operator.ts'
import { replay, termsOf, type Writing } from './reopen.ts'
import { keepFixed, takeBack } from './take-back.ts'

/** Rows that one look of a task goes through. */
const MAX_EXAMINED = 5_000

export function taskCalls(core: Core): Tasks {
  return {
    startTask: (task) => start(core, task),
    getTask: (id) => getTask(core.database, id),
    runningTasks: async () => readTasks(core.database, "state = 'running' order by id", []),
    taskEvents: (id, limit) => taskEvents(core, id, limit),
    stepTask: (step) => stepTask(core, step),
    endTask: (id, end) => endTask(core, id, end),
  }
}

export const TASK_COLUMNS =
  'id, state, by, work, selection, rate, started_ms, ended_ms, events, done, passed, last_row, message'

export interface TaskColumns {
  readonly id: number
  readonly state: Task['state']
  readonly by: string
  readonly work: string
  readonly selection: string
  readonly rate: number
  readonly started_ms: number
  readonly ended_ms: number | null
  readonly events: number
  readonly done: number
  readonly passed: number
  readonly last_row: number
  readonly message: string | null
}

export async function readTasks(session: Session, where: string, values: readonly unknown[]): Promise<Task[]> {
  const rows = await session.query<TaskColumns>(`select ${TASK_COLUMNS} from waybill_store.task where ${where}`, values)
  return rows.map(taskOf)
}

export function taskOf(row: TaskColumns): Task {
  return {
    id: row.id,
    state: row.state,
    by: fromTextOrNull(row.by)!,
    work: JSON.parse(row.work),
    selection: JSON.parse(row.selection),
    ratePerSecond: row.rate,
    startedMs: row.started_ms,
    endedMs: row.ended_ms ?? undefined,
    events: row.events,
    done: row.done,
    passed: row.passed,
    lastRow: row.last_row,
    message: fromTextOrNull(row.message),
  }
}

async function getTask(session: Session, id: number): Promise<Task | undefined> {
  return (await readTasks(session, 'id = $1', [id]))[0]
}

const INSERT = `
  insert into waybill_store.task (state, by, work, selection, rate, started_ms, events, done, passed, last_row)
  values ('running', $1, $2, $3, $4, $5, $6, 0, 0, 0) returning id`

async function start(core: Core, { work, selection, by, nowMs, ratePerSecond }: NewTask): Promise<Task> {
  if (!(ratePerSecond > 0)) throw new TypeError('ratePerSecond must be above 0.')
  const meant = await meantBy(core, { work, selection, startedMs: nowMs })
  return core.database.transaction(async (session) => {
    const [counted] = await session.query<{ events: number }>(
      `select count(*) as events from (${meant.sql}) as meant`,
      meant.values,
    )
    const events =
      work.kind !== 'take_back' && selection.rows !== undefined ? new Set(selection.rows).size : counted!.events
    const values = [toText(by), JSON.stringify(work), JSON.stringify(selection), ratePerSecond, nowMs, events]
    const [added] = await session.query<{ id: number }>(INSERT, values)
    const about = { task: added!.id, ...work, selection, events }
    await addAction(session, { atMs: nowMs, by, verb: 'task:start', about })
    return (await getTask(session, added!.id))!
  })
}

interface Meant {
  /** Gives `row`. */
  readonly sql: string
  readonly values: readonly unknown[]
}

const ENDED = `
  select e.row from waybill_store.ended as e join waybill_store.account as a on a.row = e.row
  where e.state = $1 and e.ended_ms <= $2::float8 and ($3::bigint[] is null or e.row = any ($3))
    and ($4::integer[] is null or e.pixel = any ($4)) and ($5::integer is null or e.code = $5)
    and ($6::integer is null or a.name = $6) and ($7::integer is null or a.source = $7)
    and ($8::integer is null or a.shape = $8)
    and ($9::float8 is null or e.ended_ms >= $9) and ($10::float8 is null or e.ended_ms < $10)`

/** What ended so by the beginning of the task, or was fixed by another one. */
async function meantBy(
  { terms }: Core,
  { work, selection, startedMs }: Pick<Task, 'work' | 'selection' | 'startedMs'>,
): Promise<Meant> {
  if (work.kind === 'take_back')
    return { sql: 'select row from waybill_store.fixed where task = $1', values: [work.task] }
  const { state, rows, pixels, code, name, source, shape, fromMs, untilMs } = selection
  await terms.find(textsOf(selection))
  const termOf = (text: string | undefined): number | null => (text === undefined ? null : terms.found(text))
  const of = [code, name, source, shape].map(termOf)
  const numbers = pixels === undefined ? null : pixels.map((pixel) => terms.found(pixel))
  return {
    sql: ENDED,
    values: [END_CODES[state], startedMs, rows ?? null, numbers, ...of, fromMs ?? null, untilMs ?? null],
  }
}

function textsOf({ pixels = [], code, name, source, shape }: TaskSelection): string[] {
  return [...pixels, ...[code, name, source, shape].filter((text) => text !== undefined)]
}

async function taskEvents(core: Core, id: number, limit: number): Promise<TaskEvents> {
  const task = await getTask(core.database, id)
  if (task?.state !== 'running') return { events: [], lastRow: 0, isThrough: true }
  const { sql, values } = await meantBy(core, task)
  const most = Math.min(limit, MAX_EXAMINED)
  const next = `select row from (${sql}) as meant where row > $${values.length + 1} order by row limit $${values.length + 2}`
  const found = await core.database.read<{ row: number }>(next, [...values, task.lastRow, most + 1])
  const rows = found.slice(0, most).map(({ row }) => row)
  const isThrough = found.length <= most
  return { events: await readEvents(core, rows), lastRow: rows.at(-1) ?? task.lastRow, isThrough }
}

const EVENTS = `
  select row, pixel, name, id, long_id, shape from waybill_store.account where row = any ($1::bigint[]) order by row`

interface EventColumns {
  readonly row: number
  readonly pixel: number
  readonly name: number
  readonly id: string | null
  readonly long_id: string | null
  readonly shape: number
}

async function readEvents(core: Core, rows: readonly number[]): Promise<TaskEvent[]> {
  const found = await core.database.read<EventColumns>(EVENTS, [rows])
  const wires = await readWires(
    core,
    rows.map((row) => ({ row, delivered_ms: null })),
    reading(core),
  )
  const { terms } = core
  await terms.load(found.flatMap(({ pixel, name, shape }) => [pixel, name, shape]))
  return found.map((columns) => ({
    row: columns.row,
    pixel: terms.text(columns.pixel),
    name: terms.text(columns.name),
    id: idOf(columns),
    shape: terms.text(columns.shape),
    wire: wires.get(columns.row),
  }))
}

const HOLD_TASK = "select id from waybill_store.task where id = $1 and state = 'running' for update"
const STEP = `
  update waybill_store.task set done = done + $2, passed = passed + $3, last_row = $4,
    events = greatest(events, done + $2 + passed + $3) where id = $1`

async function stepTask(core: Core, step: TaskStep): Promise<Task | undefined> {
  const { edits = [], rows = [], lastRow } = step
  await core.terms.keep([DISCARDED_CODE, ...edits.flatMap(termsOf)])
  const stepped = await writing(core, async (write) => {
    const [running] = await write.session.query(HOLD_TASK, [step.task])
    if (running === undefined) return undefined
    const task = (await getTask(write.session, step.task))!
    const done = (await editEach(core, write, task, step)) + (await doRows(write, task, step))
    const passed = step.passed + edits.length + rows.length - done
    await write.session.query(STEP, [task.id, done, passed, lastRow])
    return getTask(write.session, task.id)
  })
  core.places.forgetAll()
  return stepped
}

/** One after the other: what a fix replaces is kept, so that it can be taken back. */
async function editEach(core: Core, write: Writing, task: Task, { edits = [], by, nowMs }: TaskStep): Promise<number> {
  let done = 0
  for (const { row, ...content } of edits) {
    const [end] = await takeEnds(write, [row], 'runnable')
    if (end === undefined) continue
    if (task.work.kind === 'fix') await keepFixed(core, write.session, task.id, end)
    await editOne(write, end, content, { by, nowMs })
    done++
  }
  return done
}

async function doRows(write: Writing, { work }: Task, { rows = [], by, nowMs }: TaskStep): Promise<number> {
  if (rows.length === 0) return 0
  if (work.kind === 'discard') return (await discardRows(write, rows, { reason: work.reason, nowMs })).length
  if (work.kind === 'take_back') return takeBack(write, rows, { by, nowMs })
  const ends = await takeEnds(write, rows, 'runnable')
  await replay(write, ends, { what: 'replayed', by, nowMs })
  return ends.length
}

const END = `
  update waybill_store.task set state = $2, ended_ms = $3, message = $4 where id = $1 and state = 'running'
  returning done, passed`

function endTask(
  { database }: Core,
  id: number,
  { state, message, by, nowMs }: Parameters<Tasks['endTask']>[1],
): Promise<boolean> {
  return database.transaction(async (session) => {
    const values = [id, state, nowMs, toTextOrNull(message)]
    const [ended] = await session.query<{ done: number; passed: number }>(END, values)
    if (ended === undefined) return false
    const about = { task: id, ...ended, ...(message !== undefined && { message }) }
    await addAction(session, { atMs: nowMs, by, verb: `task:${state}`, about })
    return true
  })
}
