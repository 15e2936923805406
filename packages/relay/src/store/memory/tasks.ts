import type { NewTask, Task, TaskSelection, TaskStep, Tasks } from '../task.ts'
import { happened, type MemoryData, note } from './data.ts'
import { discardOne } from './end.ts'
import type { Entry } from './entry.ts'
import { reopen } from './intake.ts'
import { canDiscard, canRun, edited } from './operator.ts'

/** Things done to many events, step by step. */
export function memoryTasks(data: MemoryData): Tasks {
  return {
    startTask: async (task) => start(data, task),
    getTask: async (id) => data.tasks.get(id),
    runningTasks: async () => [...data.tasks.values()].filter(({ state }) => state === 'running'),
    async taskEvents(id, limit) {
      const task = data.tasks.get(id)
      if (task?.state !== 'running') return { events: [], lastRow: 0, isThrough: true }
      const meant = meantBy(data, task).filter(({ row }) => row > task.lastRow)
      const some = meant.slice(0, limit)
      return {
        events: some.map(({ row, hasBody, event: { pixel, name, id: own, shape, wire } }) => {
          return { row, pixel, name, id: own, shape, wire: hasBody ? wire : undefined }
        }),
        lastRow: some.at(-1)?.row ?? task.lastRow,
        isThrough: some.length === meant.length,
      }
    },
    stepTask: async (step) => stepOf(data, step),
    async endTask(id, { state, message, by, nowMs }) {
      const task = data.tasks.get(id)
      if (task?.state !== 'running') return false
      data.tasks.set(id, { ...task, state, endedMs: nowMs, message })
      const about = { task: id, done: task.done, passed: task.passed, ...(message !== undefined && { message }) }
      note(data, nowMs, by, `task:${state}`, about)
      return true
    },
  }
}

function start(data: MemoryData, { work, selection, by, nowMs, ratePerSecond }: NewTask): Task {
  if (!(ratePerSecond > 0)) throw new TypeError('ratePerSecond must be above 0.')
  const id = data.tasks.size + 1
  const about = {
    id,
    work,
    selection,
    by,
    ratePerSecond,
    state: 'running',
    startedMs: nowMs,
    endedMs: undefined,
  } as const
  const task: Task = { ...about, events: 0, done: 0, passed: 0, lastRow: 0, message: undefined }
  const events = selection.rows?.length ?? meantBy(data, task).length
  data.tasks.set(id, { ...task, events })
  note(data, nowMs, by, 'task:start', { task: id, ...work, selection, events })
  return { ...task, events }
}

function meantBy(data: MemoryData, { work, selection, startedMs }: Task): Entry[] {
  if (work.kind === 'take_back') return data.entries.filter(({ row }) => data.fixed.get(row)?.task === work.task)
  return data.entries.filter((entry) => isMeant(entry, selection) && (entry.endedMs ?? 0) <= startedMs)
}

function isMeant({ row, end, event, code, endedMs = 0 }: Entry, selection: TaskSelection): boolean {
  const { state, rows, pixels, name, source, shape, fromMs = 0, untilMs = Number.POSITIVE_INFINITY } = selection
  if (end !== state || (rows !== undefined && !rows.includes(row))) return false
  if (pixels !== undefined && !pixels.includes(event.pixel)) return false
  if (selection.code !== undefined && code !== selection.code) return false
  if (name !== undefined && event.name !== name) return false
  if (source !== undefined && event.source !== source) return false
  return (shape === undefined || event.shape === shape) && endedMs >= fromMs && endedMs < untilMs
}

function stepOf(data: MemoryData, step: TaskStep): Task | undefined {
  const task = data.tasks.get(step.task)
  if (task?.state !== 'running') return undefined
  const { edits = [], rows = [], by, nowMs } = step
  let done = 0
  for (const { row, ...edit } of edits) {
    const entry = data.entries.find((each) => each.row === row)
    if (entry === undefined || !canRun(entry)) continue
    if (task.work.kind === 'fix') data.fixed.set(row, { task: task.id, before: { ...entry, history: [] } })
    reopen(data, entry, edited(entry, edit), { what: 'edited', by, nowMs })
    done++
  }
  for (const row of rows) {
    const entry = data.entries.find((each) => each.row === row)
    if (entry !== undefined && doOne(data, task, entry, { by, nowMs })) done++
  }
  const passed = task.passed + step.passed + edits.length + rows.length - done
  const events = Math.max(task.events, task.done + done + passed)
  const next = { ...task, done: task.done + done, passed, lastRow: step.lastRow, events }
  data.tasks.set(task.id, next)
  return next
}

function doOne(data: MemoryData, { work }: Task, entry: Entry, { by, nowMs }: { by: string; nowMs: number }): boolean {
  if (work.kind === 'take_back') return takeBack(data, entry, { by, nowMs })
  if (work.kind === 'discard') {
    if (!canDiscard(entry)) return false
    discardOne(data, entry, work.reason, nowMs)
    return true
  }
  if (!canRun(entry)) return false
  reopen(data, entry, { ...entry.event, state: 'queued', dueMs: 0 }, { what: 'replayed', by, nowMs })
  return true
}

function takeBack(data: MemoryData, entry: Entry, { by, nowMs }: { by: string; nowMs: number }): boolean {
  const fixed = data.fixed.get(entry.row)
  if (fixed === undefined || entry.end !== undefined || entry.token !== undefined) return false
  const { event, end, hasBody, code, message } = fixed.before
  entry.history.push({ atMs: nowMs, what: 'taken_back', code: undefined, message: undefined, by })
  Object.assign(entry, {
    event,
    end,
    hasBody,
    code,
    message,
    endedMs: nowMs,
    dueMs: 0,
    attempts: 0,
    suspicion: undefined,
  })
  data.fixed.delete(entry.row)
  happened(data, end!, entry, { atMs: nowMs, code })
  return true
}
