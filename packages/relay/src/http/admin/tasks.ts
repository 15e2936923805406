import { z } from 'zod'
import type { FieldChange, Task, TaskSelection, TaskWork } from '../../store/index.ts'
import { type Answer, errorAnswer, jsonAnswer } from '../answer.ts'
import { type Call, checkedRoute, type Route } from '../route.ts'
import { countField, given, pixelField, reasonField, timeField } from './fields.ts'
import type { AdminOptions } from './options.ts'
import { maskedEvent } from './read/event-view.ts'
import { readFields } from './read/shared.ts'
import { maySee, type Scope } from './scope.ts'
import { type DryRun, dryRunSchema, taskSchema, taskView } from './task-view.ts'

const RATE = 'write a number above 0, at most 10,000'
const DEFAULT_RATE = 100
const MAX_ROWS = 10_000
const MAX_CHANGES = 20
const SELECTION =
  'write { "rows": [...] }, or { "state": "refused" } with pixel, name, source, code, shape, since or until'
const PATH = 'write a path such as data.currency or data.contents[0].amount'
const CHANGE = 'write { "path": …, "set": … } or { "path": …, "unset": true }'

const state = z.enum(['refused', 'expired', 'discarded']).default('refused')
const text = z.string().max(2_000).optional()
const selectionSchema = z.union(
  [
    z.strictObject({ rows: z.array(z.int().min(0)).min(1).max(MAX_ROWS), state }),
    z.strictObject({
      state,
      pixel: pixelField.optional(),
      name: text,
      source: text,
      code: text,
      shape: text,
      since: timeField.optional(),
      until: timeField.optional(),
    }),
  ],
  { error: SELECTION },
)
const path = z
  .string({ error: PATH })
  .max(500, { error: PATH })
  .regex(/^[^.[\]]+(?:\.[^.[\]]+|\[\d{1,4}\])*$/, { error: PATH })
  .refine((value) => !/(?:^|\.)(?:__proto__|constructor|prototype)(?:$|[.[])/.test(value), { error: PATH })
const change = z.union([z.strictObject({ path, set: z.json() }), z.strictObject({ path, unset: z.literal(true) })], {
  error: CHANGE,
})

const taskBody = z.strictObject({
  verb: z.enum(['replay', 'fix', 'discard'], { error: 'write replay, fix or discard' }),
  selection: selectionSchema,
  change: z.array(change).min(1, { error: CHANGE }).max(MAX_CHANGES, { error: CHANGE }).optional(),
  reason: reasonField.optional().meta({ description: 'Of a discard: why.' }),
  ratePerSecond: z
    .number({ error: RATE })
    .positive({ error: RATE })
    .max(10_000, { error: RATE })
    .default(DEFAULT_RATE)
    .meta({ description: 'So many a second, so that new events are not kept waiting.' }),
  dryRun: z.boolean().default(false).meta({ description: 'Only says what would come of it.' }),
})
type TaskBody = z.output<typeof taskBody>

const idParams = z.object({ id: z.coerce.number().int().min(0) })
const taskAnswer: z.ZodType = z.strictObject({ task: taskSchema })
const NO_TASK_TEXT = 'There is no such task.'

/** `/api/tasks`: what is done to many events, step by step. */
export function taskRoutes(options: AdminOptions): readonly Route[] {
  return [
    listRoute(options),
    checkedRoute({
      method: 'POST',
      path: '/api/tasks',
      access: 'admin',
      summary:
        'Replays, fixes or discards all events of a selection that have ended by now; or says what would come of it.',
      body: taskBody,
      answers: { 200: 'What would come of it.', 202: 'It has begun.', 404: 'There is no such pixel.' },
      answerBodies: { 200: dryRunSchema, 202: taskAnswer },
      handle: (call) => start(call, options),
    }),
    checkedRoute({
      method: 'GET',
      path: '/api/tasks/:id',
      access: 'viewer',
      summary: 'A task, and how far it is.',
      params: idParams,
      answers: { 200: 'The task.', 404: NO_TASK_TEXT },
      answerBodies: { 200: taskAnswer },
      async handle({ params, pixels }) {
        const task = await seenTask(params.id, pixels, options)
        return task === undefined ? NO_TASK : jsonAnswer(200, { task: taskView(task) })
      },
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/tasks/:id/cancel',
      access: 'admin',
      summary: 'Ends a task. What it has done stays done.',
      params: idParams,
      body: z.strictObject({}),
      answers: { 200: 'It has ended.', 404: NO_TASK_TEXT, 409: 'It had ended before.' },
      answerBodies: { 200: taskAnswer },
      handle: (call) => cancel(call, options),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/tasks/:id/take-back',
      access: 'admin',
      summary: 'Puts back what a task fixed, where it still waits.',
      params: idParams,
      body: z.strictObject({}),
      answers: { 202: 'The task that puts it back has begun.', 404: NO_TASK_TEXT, 409: 'It fixed nothing.' },
      answerBodies: { 202: taskAnswer },
      handle: (call) => takeBack(call, options),
    }),
  ]
}

function listRoute({ reads, clock }: AdminOptions): Route {
  return checkedRoute({
    method: 'GET',
    path: '/api/tasks',
    access: 'viewer',
    summary: 'Tasks, the newest first: who, what, how far.',
    query: z.strictObject({ limit: countField(200, 50) }),
    answers: { 200: 'The tasks.' },
    answerBodies: { 200: z.strictObject({ ...readFields, tasks: z.array(taskSchema) }) },
    async handle({ query: { limit }, pixels }) {
      const seen = pixels === '*' ? {} : { pixels }
      const { tasks, commit } = await reads.ask('tasks', { ...seen, limit })
      return jsonAnswer(200, { commit, atMs: clock.now(), tasks: tasks.map(taskView) })
    },
  })
}

async function start(call: Call<unknown, unknown, TaskBody>, options: AdminOptions): Promise<Answer> {
  const { body, who, pixels } = call
  const { ratePerSecond, dryRun } = body
  const work = workOf(body)
  if ('status' in work) return work
  const selection = selectionOf(body.selection, pixels)
  if (selection === undefined) return NO_PIXEL
  if (dryRun) return jsonAnswer(200, await tryOut(work, selection, options))
  const task = await options.tasks.start({ work, selection, ratePerSecond, by: who })
  return jsonAnswer(202, { task: taskView(task) })
}

async function tryOut(work: TaskWork, selection: TaskSelection, { reads, tasks }: AdminOptions): Promise<DryRun> {
  const { rows, ...filter } = selection
  const total = rows?.length ?? (await reads.ask('events', { ...filter, limit: 1 })).total.events
  const common = { dryRun: true, total } as const
  if (work.kind === 'discard') return { ...common, wouldPass: total, wouldNot: 0, tooOld: 0, first: null, exact: true }
  const { passes, fails, tooOld, isAll, first } = await tasks.dryRun(selection, work.kind === 'fix' ? work.changes : [])
  const shown = first && { before: maskedEvent(first.before), after: maskedEvent(first.after), issues: first.issues }
  return { ...common, wouldPass: passes, wouldNot: fails - tooOld, tooOld, first: shown ?? null, exact: isAll }
}

async function cancel(
  { params, who, pixels }: Call<{ id: number }, unknown, unknown>,
  options: AdminOptions,
): Promise<Answer> {
  if ((await seenTask(params.id, pixels, options)) === undefined) return NO_TASK
  if (!(await options.tasks.cancel(params.id, who))) return HAS_ENDED
  const task = await options.store.getTask(params.id)
  return task === undefined ? NO_TASK : jsonAnswer(200, { task: taskView(task) })
}

async function takeBack(
  { params, who, pixels }: Call<{ id: number }, unknown, unknown>,
  options: AdminOptions,
): Promise<Answer> {
  const task = await seenTask(params.id, pixels, options)
  if (task === undefined) return NO_TASK
  if (task.work.kind !== 'fix' || task.done === 0) return NOTHING_FIXED
  await options.tasks.cancel(params.id, who)
  const { selection, ratePerSecond } = task
  const started = await options.tasks.start({
    work: { kind: 'take_back', task: task.id },
    selection,
    ratePerSecond: Math.max(ratePerSecond, TAKE_BACK_RATE),
    by: who,
  })
  return jsonAnswer(202, { task: taskView(started) })
}

/** What is fixed leaves at the pace of delivery: whoever takes it back has to be faster. */
const TAKE_BACK_RATE = 2_000

function workOf({ verb, change: changes, reason }: TaskBody): TaskWork | Answer {
  if (verb === 'replay') return { kind: 'replay' }
  if (verb === 'discard') return reason === undefined ? NO_REASON : { kind: 'discard', reason }
  return changes === undefined ? NO_CHANGE : { kind: 'fix', changes: changes.map(changeOf) }
}

function changeOf(one: z.output<typeof change>): FieldChange {
  return 'unset' in one ? { path: one.path } : { path: one.path, value: one.set }
}

/** `undefined`: a pixel that the caller may not see. Of somebody who may see some, always named, so that each list of tasks knows whose it is. */
function selectionOf(selection: z.output<typeof selectionSchema>, scope: Scope): TaskSelection | undefined {
  const own = scope === '*' ? {} : { pixels: scope }
  if ('rows' in selection) return { ...selection, ...own }
  const { pixel, since, until, state: ended, name, source, code, shape } = selection
  if (pixel !== undefined && !maySee(scope, pixel)) return undefined
  const named = pixel === undefined ? own : { pixels: [pixel] }
  return { state: ended, ...named, ...given({ name, source, code, shape, fromMs: since, untilMs: until }) }
}

async function seenTask(id: number, scope: Scope, { store }: AdminOptions): Promise<Task | undefined> {
  const task = await store.getTask(id)
  const isSeen = scope === '*' || task?.selection.pixels?.every((pixel) => maySee(scope, pixel)) === true
  return isSeen ? task : undefined
}

const NO_TASK = errorAnswer(404, NO_TASK_TEXT, { param: 'id', code: 'not_found' })
const NO_PIXEL = errorAnswer(404, 'There is no such pixel.', { param: 'selection.pixel', code: 'not_found' })
const HAS_ENDED = errorAnswer(409, 'It had ended before.', { code: 'task_ended' })
const NOTHING_FIXED = errorAnswer(409, 'It fixed nothing that could be put back.', { code: 'nothing_to_take_back' })
const NO_REASON = errorAnswer(400, 'reason: say why, in a few words', { param: 'reason', code: 'invalid_request' })
const NO_CHANGE = errorAnswer(400, `change: ${CHANGE}`, { param: 'change', code: 'invalid_request' })
