import type { UndeliveredState } from './event.ts'
import type { By } from './hold.ts'
import type { EventFilter, NumberFilter } from './reads/filter.ts'
import type { Edit } from './selection.ts'

/** What a task is done to: all that had ended so when it began. */
export interface TaskSelection extends NumberFilter, Pick<EventFilter, 'fromMs' | 'untilMs'> {
  readonly state: UndeliveredState
  /** Only these. */
  readonly rows?: readonly number[]
}

/** One field that gets another value. */
export interface FieldChange {
  /** As in `data.currency` or `data.contents[0].amount`. */
  readonly path: string
  /** JSON; `undefined` takes the field away. */
  readonly value?: unknown
}

export type TaskWork =
  | { readonly kind: 'replay' }
  | { readonly kind: 'discard'; readonly reason: string }
  | { readonly kind: 'fix'; readonly changes: readonly FieldChange[] }
  /** Puts back what another task fixed, where it still waits. */
  | { readonly kind: 'take_back'; readonly task: number }

/** `running` also while the relay is stopped: it goes on after the start. */
export type TaskState = 'running' | 'done' | 'cancelled' | 'failed'

export interface NewTask extends By {
  readonly work: TaskWork
  readonly selection: TaskSelection
  /** At most so many events a second; above 0. */
  readonly ratePerSecond: number
}

/**
 * Something done to many events, step by step. It means what had ended by its beginning, goes through that in the order of rows, and keeps
 * the last row done in the transaction of what it did: a restart neither passes over an event nor does one twice.
 */
export interface Task extends Omit<NewTask, 'nowMs'> {
  readonly id: number
  readonly state: TaskState
  readonly startedMs: number
  readonly endedMs: number | undefined
  /** How many it meant when it began; never less than `looked`. */
  readonly events: number
  /** Of these: done to, and passed over (still refused, ended otherwise meanwhile). */
  readonly done: number
  readonly passed: number
  readonly lastRow: number
  /** Of `failed`: why. */
  readonly message: string | undefined
}

/** An event that a task is at. */
export interface TaskEvent {
  readonly row: number
  readonly pixel: string
  readonly name: string
  readonly id: string | undefined
  readonly shape: string
  /** `undefined` once the body was dropped. */
  readonly wire: string | undefined
}

export interface TaskEvents {
  readonly events: readonly TaskEvent[]
  /** All up to this row was looked at; of the step that does these. */
  readonly lastRow: number
  /** Nothing comes after. */
  readonly isThrough: boolean
}

/** One step: what becomes of the events up to a row. */
export interface TaskStep extends By {
  readonly task: number
  /** Queued with this content. */
  readonly edits?: readonly (Edit & { readonly row: number })[]
  /** Done to as the work of the task says: replayed, discarded, put back; what cannot be any more is passed over. */
  readonly rows?: readonly number[]
  /** Passed over by whoever makes the step. */
  readonly passed: number
  readonly lastRow: number
}

export interface Tasks {
  /** Keeps it with the number of events that it means now. */
  startTask(task: NewTask): Promise<Task>
  getTask(id: number): Promise<Task | undefined>
  /** Those that run, the oldest first. */
  runningTasks(): Promise<readonly Task[]>
  /** What comes after the last row done, at most `limit`. One call looks at a bounded part: it can find none and not be through. */
  taskEvents(id: number, limit: number): Promise<TaskEvents>
  /** All of it in one transaction; changes nothing, and gives `undefined`, when the task does not run any more. */
  stepTask(step: TaskStep): Promise<Task | undefined>
  /** `false` when it did not run any more. */
  endTask(
    id: number,
    end: { readonly state: Exclude<TaskState, 'running'>; readonly message?: string } & By,
  ): Promise<boolean>
}
