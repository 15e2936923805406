import { z } from 'zod'
import type { Task } from '../../store/index.ts'
import { issueSchema } from '../envelope.ts'
import { orNull } from './read/shared.ts'

/** A task as it is shown. */
export interface TaskView {
  readonly id: number
  readonly verb: 'replay' | 'fix' | 'discard' | 'take_back'
  readonly state: 'running' | 'done' | 'cancelled' | 'failed'
  readonly selection: unknown
  readonly change: unknown
  readonly reason: string | null
  /** Of a task that takes back: which. */
  readonly of: number | null
  readonly by: string
  readonly createdMs: number
  readonly endedMs: number | null
  readonly ratePerSecond: number
  readonly total: number
  readonly done: number
  readonly passed: number
  readonly notPassed: number
  readonly canCancel: boolean
  readonly canTakeBack: boolean
  readonly error: string | null
}

export const taskSchema: z.ZodType<TaskView> = z
  .strictObject({
    id: z.number(),
    verb: z.enum(['replay', 'fix', 'discard', 'take_back']),
    state: z.enum(['running', 'done', 'cancelled', 'failed']),
    selection: z.unknown(),
    change: z.unknown(),
    reason: z.string().nullable(),
    of: z.number().nullable(),
    by: z.string(),
    createdMs: z.number(),
    endedMs: z.number().nullable(),
    ratePerSecond: z.number(),
    total: z.number().meta({ description: 'How many it meant when it began.' }),
    done: z.number().meta({ description: 'How many it has looked at.' }),
    passed: z.number(),
    notPassed: z.number().meta({ description: 'Passed over: still refused, or ended otherwise meanwhile.' }),
    canCancel: z.boolean(),
    canTakeBack: z.boolean(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Task' })

export function taskView(task: Task): TaskView {
  const { id, work, state, selection, by, startedMs, endedMs, ratePerSecond, events, done, passed, message } = task
  return {
    id,
    verb: work.kind,
    state,
    selection,
    change:
      work.kind === 'fix'
        ? work.changes.map(({ path, value }) => (value === undefined ? { path, unset: true } : { path, set: value }))
        : null,
    reason: work.kind === 'discard' ? work.reason : null,
    of: work.kind === 'take_back' ? work.task : null,
    by,
    createdMs: startedMs,
    endedMs: orNull(endedMs),
    ratePerSecond,
    total: events,
    done: done + passed,
    passed: done,
    notPassed: passed,
    canCancel: state === 'running',
    canTakeBack: work.kind === 'fix' && done > 0,
    error: orNull(message),
  }
}

/** What a task would come to. */
export interface DryRun {
  readonly dryRun: true
  readonly total: number
  readonly wouldPass: number
  readonly wouldNot: number
  /** Not in `wouldNot`. */
  readonly tooOld: number
  readonly first: { readonly before: unknown; readonly after: unknown; readonly issues: readonly unknown[] } | null
  readonly exact: boolean
}

export const dryRunSchema: z.ZodType<DryRun> = z.strictObject({
  dryRun: z.literal(true),
  total: z.number().meta({ description: 'How many the selection means now.' }),
  wouldPass: z.number(),
  wouldNot: z.number(),
  tooOld: z.number(),
  first: z.strictObject({ before: z.unknown(), after: z.unknown(), issues: z.array(issueSchema) }).nullable(),
  exact: z.boolean().meta({ description: '`false`: so many that only a part was tried.' }),
})
