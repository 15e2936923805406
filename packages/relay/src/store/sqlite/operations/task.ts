import { groups, rangeOf } from '../../answers/groups.ts'
import { matchOf } from '../../answers/match.ts'
import { END_CODES, isLive } from '../../state.ts'
import type { NewTask, Task, TaskEvents, TaskSelection, TaskStep } from '../../task.ts'
import type { Core } from '../core.ts'
import type { Database } from '../database.ts'
import { LISTED, type ListedColumns, matches } from '../reads/listed.ts'
import { makeReader, SqliteMoment } from '../reads/moment.ts'
import { run } from '../reads/run.ts'
import type { StoredEvent } from '../sql/event.ts'
import { placeOf } from './queued-event.ts'
import { discardOne, editOne, replayOne } from './replay.ts'

/** Rows that one look of a task goes through. */
const MAX_EXAMINED = 5_000
const NO_LIVE = { sending: [], rows: undefined }
/** Counting what a task means is a sum of the roll-up; it is done once. */
const COUNT_MS = 1_000

function momentOf({ database, rollUp }: Core): SqliteMoment {
  return new SqliteMoment(makeReader(database, { timeZone: rollUp.grains.timeZone, limitMs: COUNT_MS }), NO_LIVE)
}

/** Inside a transaction. The range becomes the one that its list shows. */
export function startTask(core: Core, { work, selection, by, nowMs, ratePerSecond }: NewTask): Task {
  if (!(ratePerSecond > 0)) throw new TypeError('ratePerSecond must be above 0.')
  const moment = momentOf(core)
  const range = rangeOf(moment, selection)?.range
  const meant: TaskSelection = {
    ...selection,
    ...(range !== undefined && selection.fromMs !== undefined && { fromMs: range.fromMs }),
    ...(range !== undefined && selection.untilMs !== undefined && { untilMs: range.untilMs }),
  }
  const task = {
    work,
    selection: meant,
    by,
    ratePerSecond,
    state: 'running' as const,
    startedMs: nowMs,
    endedMs: undefined,
    events: countOf(core, moment, { work, selection: meant }),
    done: 0,
    passed: 0,
    lastRow: 0,
    message: undefined,
  }
  const id = core.statements.task.insert(task)
  const about = { task: id, ...work, selection: meant, events: task.events }
  core.statements.account.addAction({ atMs: nowMs, by, verb: 'task:start', about })
  return { ...task, id }
}

function countOf(core: Core, moment: SqliteMoment, { work, selection }: Pick<NewTask, 'work' | 'selection'>): number {
  if (work.kind === 'take_back') return core.statements.fixed.countOf(work.task)
  if (selection.rows !== undefined) return new Set(selection.rows).size
  const { state, ...filter } = selection
  return run(moment, groups(moment, { ...filter, count: { ends: state }, by: [] })).total.events
}

/** What comes after the last row done. */
export function taskEvents(core: Core, id: number, limit: number): TaskEvents {
  const task = core.statements.task.get(id)
  if (task === undefined || task.state !== 'running') return { events: [], lastRow: 0, isThrough: true }
  const rows = rowsAfter(core, task)
  if (rows !== undefined) return eventsAt(core, task, rows, limit)
  const examined = examine(core.database, task)
  const match = { ...matchOf(momentOf(core), { ...task.selection, limit }, rangeIn(task)), code: task.selection.code }
  const moment = momentOf(core)
  const meant = examined.filter((event) => matches(moment, event, match))
  return taken(core, meant, limit, {
    last: examined.at(-1)?.row ?? task.lastRow,
    isAll: examined.length < MAX_EXAMINED,
  })
}

/** Of what is named, or was fixed by another task. */
function rowsAfter({ statements }: Core, { work, selection, lastRow }: Task): number[] | undefined {
  if (work.kind === 'take_back') return statements.fixed.rowsOf(work.task, lastRow, MAX_EXAMINED)
  if (selection.rows === undefined) return undefined
  return [...new Set(selection.rows)].sort((a, b) => a - b).filter((row) => row > lastRow)
}

function eventsAt(
  core: Core,
  { work, selection, startedMs }: Task,
  rows: readonly number[],
  limit: number,
): TaskEvents {
  const part = rows.slice(0, MAX_EXAMINED)
  const found = readAt(core.database, part)
  const isMeant = ({ state, ended_ms }: ListedColumns): boolean =>
    work.kind === 'take_back' || (state === END_CODES[selection.state] && (ended_ms ?? 0) <= startedMs)
  const isAll = part.length === rows.length && rows.length < MAX_EXAMINED
  return taken(core, found.filter(isMeant), limit, { last: part.at(-1) ?? 0, isAll })
}

function readAt(database: Database, rows: readonly number[]): ListedColumns[] {
  const sql = `SELECT ${LISTED} FROM event WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row`
  return database.prepare(sql).all(JSON.stringify(rows)) as ListedColumns[]
}

/** Rows of the state, in their order. */
function examine(database: Database, { selection, lastRow }: Task): ListedColumns[] {
  const state = END_CODES[selection.state]
  const sql = `SELECT ${LISTED} FROM event WHERE state > 2 AND state = ${state} AND row > ? ORDER BY row LIMIT ${MAX_EXAMINED}`
  return database.prepare(sql).all(lastRow) as ListedColumns[]
}

/** What had ended by then, in the range. */
function rangeIn({ selection, startedMs }: Task): { readonly fromMs: number; readonly untilMs: number } {
  const { fromMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = selection
  return { fromMs, untilMs: Math.min(untilMs, startedMs + 1) }
}

interface Looked {
  readonly last: number
  readonly isAll: boolean
}

function taken(
  { statements, terms }: Core,
  meant: readonly ListedColumns[],
  limit: number,
  { last, isAll }: Looked,
): TaskEvents {
  const some = meant.slice(0, limit)
  const isWhole = some.length === meant.length
  return {
    events: some.map(({ row, pixel, name, id, shape }) => ({
      row,
      pixel: terms.text(pixel),
      name: terms.text(name),
      id: id ?? undefined,
      shape: terms.text(shape),
      wire: statements.body.get(row),
    })),
    lastRow: isWhole ? last : some.at(-1)!.row,
    isThrough: isWhole && isAll,
  }
}

/** Inside a transaction: what becomes of some events, and how far the task has come. */
export function stepTask(core: Core, step: TaskStep): Task | undefined {
  const task = core.statements.task.get(step.task)
  if (task === undefined || task.state !== 'running') return undefined
  const { edits = [], rows = [], by, nowMs } = step
  let done = 0
  for (const { row, ...content } of edits) {
    const wire = core.statements.body.get(row)
    const before = editOne(core, row, content, { by, nowMs })
    if (before === undefined) continue
    keepFixed(core, task, before, wire)
    done++
  }
  for (const row of rows) if (doOne(core, task, row, step)) done++
  const passed = step.passed + edits.length + rows.length - done
  core.statements.task.step(task.id, done, passed, step.lastRow)
  return core.statements.task.get(task.id)
}

/** Of a fix; a replay that only brings what intake refused into the form that is sent is none. */
function keepFixed(core: Core, { id, work }: Task, before: StoredEvent, wire: string | undefined): void {
  if (work.kind !== 'fix') return
  core.statements.fixed.put(id, before, wire)
  core.hasFixed = true
}

function doOne(core: Core, { work }: Task, row: number, by: Pick<TaskStep, 'by' | 'nowMs'>): boolean {
  if (work.kind === 'discard') return discardOne(core, row, { reason: work.reason, nowMs: by.nowMs })
  if (work.kind === 'take_back') return takeBack(core, row, by)
  return replayOne(core, row, by)
}

/** What waits ends again as it had ended. What is on its way, or ended since, stays what it is. */
function takeBack(core: Core, row: number, { by, nowMs }: Pick<TaskStep, 'by' | 'nowMs'>): boolean {
  const { statements, queue } = core
  const event = statements.event.get(row)
  const before = statements.fixed.get(row)
  if (event === undefined || before === undefined || !isLive(event.state) || core.leases.has(row)) return false
  const { content, state, shape, code, message, issues, amount, currency } = before
  const kept = { content, state, shape, code, message, issues, amount, currency }
  statements.account.addPassage(row, { atMs: nowMs, what: 'taken_back', code: undefined, message: undefined, by })
  statements.event.reopen(row, { ...kept, timestampMs: before.timestamp_ms, dueMs: 0, endedMs: nowMs })
  if (before.wire === null) statements.body.drop(row, row)
  else statements.body.replace(row, before.wire)
  statements.fixed.drop(row, row)
  const after = placeOf({ ...event, ...kept, timestamp_ms: before.timestamp_ms, ended_ms: nowMs })
  queue.enterAgain(placeOf(event), after, 0, { nowMs, code })
  return true
}

export function endTask(
  { statements }: Core,
  id: number,
  {
    state,
    message,
    by,
    nowMs,
  }: { state: 'done' | 'cancelled' | 'failed'; message?: string; by: string; nowMs: number },
): boolean {
  if (!statements.task.end(id, state, nowMs, message)) return false
  const { done = 0, passed = 0 } = statements.task.get(id) ?? {}
  const about = { task: id, done, passed, ...(message !== undefined && { message }) }
  statements.account.addAction({ atMs: nowMs, by, verb: `task:${state}`, about })
  return true
}
