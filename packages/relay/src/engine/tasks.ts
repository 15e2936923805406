import { type Issue, issue } from 'waybill'
import { HOUR_MS, SECOND_MS } from 'waybill/delivery'
import {
  CHORES,
  type FieldChange,
  type NewTask,
  type Task,
  type TaskEvent,
  type TaskSelection,
  type TaskStep,
} from '../store/index.ts'
import { type EditCall, judgeFixed } from './edit.ts'
import { withChanges } from './field-change.ts'
import { SOLE } from './ownership/ownership.ts'
import type { EngineParts } from './parts.ts'
import { NO_SHAPE } from './replay.ts'

export interface TasksParts {
  readonly parts: EngineParts
  /** What intake would judge an event of a pixel by. */
  readonly rulesOf: (pixel: string) => EditCall['rules']
  /** Something is to be sent. */
  readonly wake: () => void
}

/** What a fix would do. */
export interface DryRun {
  readonly passes: number
  readonly fails: number
  /** Of those that fail: for their time. */
  readonly tooOld: number
  /** More were not tried. */
  readonly isAll: boolean
  /** The first event, as it is and as it would be, and what would be said of it. */
  readonly first: { readonly before: unknown; readonly after: unknown; readonly issues: readonly Issue[] } | undefined
}

/** So many are tried. */
const MAX_TRIED = 10_000
const PAGE = 500
/** A step does at most so many, so that it shares the store with everybody else. */
const MAX_STEP = 500
const TICK_MS = 250
/** Another relay may have started one, or have done the chores until now. */
const LOOK_EVERY_MS = 2 * SECOND_MS
const TOO_OLD = issue('event_timestamp_too_old', '').code

/** Things done to many events, at a pace, each a step at a time. They go on after a restart. */
export class Tasks {
  readonly #parts: TasksParts
  /** By task: how much of its pace was not used yet. */
  readonly #credits: Map<number, number> = new Map()
  #started: AbortController = new AbortController()

  constructor(parts: TasksParts) {
    this.#parts = parts
  }

  async start(task: Omit<NewTask, 'nowMs'>): Promise<Task> {
    const { store, clock } = this.#parts.parts
    const started = await store.startTask({ ...task, nowMs: clock.now() })
    this.#started.abort()
    return started
  }

  /** What was done stays done; `false` when it did not run any more. */
  cancel(id: number, by: string): Promise<boolean> {
    const { store, clock } = this.#parts.parts
    return store.endTask(id, { state: 'cancelled', by, nowMs: clock.now() })
  }

  /** What a fix would do to all that a selection means, without doing it. */
  async dryRun(selection: TaskSelection, changes: readonly FieldChange[]): Promise<DryRun> {
    const { store } = this.#parts.parts
    const result = { passes: 0, fails: 0, tooOld: 0, first: undefined as DryRun['first'] }
    let cursor: string | undefined
    let tried = 0
    do {
      const asks = { ...listOf(selection), limit: PAGE, ...(cursor !== undefined && { cursor }) }
      const page = await store.reads.ask('events', asks)
      for (const event of page.events) {
        const account = await store.showRow(event.row)
        if (account !== undefined) this.#try({ ...account, wire: account.wire }, changes, result)
      }
      tried += page.events.length
      cursor = page.cursor
    } while (cursor !== undefined && tried < MAX_TRIED)
    return { ...result, isAll: cursor === undefined }
  }

  #try(
    event: TaskEvent,
    changes: readonly FieldChange[],
    result: { -readonly [Part in keyof Omit<DryRun, 'isAll'>]: DryRun[Part] },
  ): void {
    if (event.wire === undefined) {
      result.fails++
      return
    }
    const before: unknown = JSON.parse(event.wire)
    const after = withChanges(before, changes)
    const judged = this.#judge(event, after)
    const issues = judged.status === 'validated' ? judged.edit.issues : judged.status === 'refused' ? judged.issues : []
    result.first ??= { before, after, issues }
    if (judged.status === 'validated') result.passes++
    else result.fails++
    if (judged.status === 'refused' && issues.some(({ code }) => code === TOO_OLD)) result.tooOld++
  }

  /** Does what is to be done, until the engine stops. */
  async run(): Promise<void> {
    const { store, runtime, isStopping, pauseSignal, ownership } = this.#parts.parts
    let beforeMs = runtime.monotonic()
    while (!isStopping()) {
      this.#started = new AbortController()
      const isOurs = ownership.has(CHORES)
      const tasks = isOurs ? await store.runningTasks() : []
      const nowMs = runtime.monotonic()
      for (const task of tasks) if (!isStopping()) await this.#advance(task, nowMs - beforeMs)
      beforeMs = nowMs
      const signal = AbortSignal.any([this.#started.signal, pauseSignal])
      await runtime.sleep(tasks.length > 0 ? TICK_MS : ownership === SOLE ? HOUR_MS : LOOK_EVERY_MS, signal)
    }
  }

  /** As many as its pace allows since the last time, at least one at the beginning. */
  async #advance(task: Task, passedMs: number): Promise<void> {
    const before = this.#credits.get(task.id)
    const earned = before === undefined ? 1 : before + (task.ratePerSecond * passedMs) / SECOND_MS
    const credit = Math.min(earned, Math.max(1, task.ratePerSecond), MAX_STEP)
    const room = Math.floor(credit)
    this.#credits.set(task.id, credit)
    if (room < 1) return
    const done = await this.#step(task, room)
    this.#credits.set(task.id, credit - done)
  }

  /** One part of a task; resolves with the number of events that it took. */
  async #step(task: Task, limit: number): Promise<number> {
    const { store, clock } = this.#parts.parts
    const { events, lastRow, isThrough } = await store.taskEvents(task.id, limit)
    const nowMs = clock.now()
    const step = { ...this.#stepOf(task, events), task: task.id, lastRow, by: task.by, nowMs }
    if (events.length > 0 || lastRow > task.lastRow) await store.stepTask(step)
    if (events.length > 0) this.#parts.wake()
    if (!isThrough) return events.length
    await store.endTask(task.id, { state: 'done', by: task.by, nowMs })
    this.#credits.delete(task.id)
    return events.length
  }

  #stepOf({ work }: Task, events: readonly TaskEvent[]): Pick<TaskStep, 'edits' | 'rows' | 'passed'> {
    if (work.kind === 'discard' || work.kind === 'take_back') return { rows: events.map(({ row }) => row), passed: 0 }
    const changes = work.kind === 'fix' ? work.changes : []
    // What intake refused was never brought into the form that is sent: nothing is sent unchecked.
    const mustBeJudged = ({ shape }: TaskEvent): boolean => work.kind === 'fix' || shape === NO_SHAPE
    const rows = events.filter((event) => !mustBeJudged(event)).map(({ row }) => row)
    const edits = events.filter(mustBeJudged).flatMap((event) => {
      if (event.wire === undefined) return []
      const judged = this.#judge(event, withChanges(JSON.parse(event.wire), changes))
      return judged.status === 'validated' ? [{ ...judged.edit, row: event.row }] : []
    })
    return { rows, edits, passed: events.length - rows.length - edits.length }
  }

  #judge(event: Pick<TaskEvent, 'pixel' | 'id' | 'name'>, input: unknown): ReturnType<typeof judgeFixed> {
    const { parts, rulesOf } = this.#parts
    return judgeFixed({ ...event, id: event.id }, input, { nowMs: parts.clock.now(), rules: rulesOf(event.pixel) })
  }
}

function listOf({ rows: _, ...selection }: TaskSelection): Omit<TaskSelection, 'rows'> {
  return selection
}
