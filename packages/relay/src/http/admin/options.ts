import type { Contract } from 'waybill'
import type { Operator, PixelConfig } from '../../engine/index.ts'
import type { Outage, PixelSigns, SourceStanding } from '../../observe/index.ts'
import type { FieldChange, NewTask, Reads, Store, Task, TaskSelection } from '../../store/index.ts'
import type { Verdicts, VerdictThread } from '../verdict/index.ts'
import type { PacedReplays } from './paced-replays.ts'
import type { Streams, Ticks } from './stream/index.ts'

/** What the admin API is made of. */
export interface AdminOptions {
  readonly store: Store
  /** What people read, beside the thread that delivers. */
  readonly reads: Reads
  readonly timeZone: () => string
  readonly retentionDays: () => number
  /** Where a pixel is delivered; `undefined` for one that is not configured. */
  readonly endpointOf: (pixel: string) => string | undefined
  /** Whatever changes an event or a hold goes through the engine, which has to know of it. */
  readonly operator: Operator
  /** Of a pixel whose last request failed: how many in a row, and since when. */
  readonly outageOf: (pixel: string) => Outage | undefined
  /** What other systems brought since the start, and why some of it came to nothing. */
  readonly sources: () => readonly SourceStanding[]
  readonly signsOf: (pixel: string) => PixelSigns
  readonly pixels: () => readonly PixelConfig[]
  /** Under `contract: 'auto'`: what the pixel's account said it reads; `undefined` until it was asked. */
  readonly readsOf: (pixel: string) => readonly Contract[] | undefined
  readonly clock: { now(): number; isConfirmed(): boolean; readonly skewMs: number }
  readonly replays: PacedReplays
  readonly streams: Streams
  readonly ticks: Ticks
  readonly tasks: TaskRunner
  readonly verdicts: Verdicts
  readonly verdictThread: VerdictThread
  /** Since when nobody knows what time it is, Unix milliseconds; `undefined` while somebody does. */
  readonly doubtSinceMs: () => number | undefined
  /** How the API of a pixel is left alone now. */
  readonly paceOf: (pixel: string) => { readonly inFlight: number; readonly waitsMs: number }
  readonly startedMs: number
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number
}

/** Does something to many events, step by step, also after a restart. */
export interface TaskRunner {
  start(task: Omit<NewTask, 'nowMs'>): Promise<Task>
  /** `false`: it had ended before. */
  cancel(id: number, by: string): Promise<boolean>
  /** What a fix of these fields would come to; without any, a replay. */
  dryRun(selection: TaskSelection, changes: readonly FieldChange[]): Promise<TriedOut>
}

/** What trying out came to. */
interface TriedOut {
  readonly passes: number
  readonly fails: number
  /** Of those that fail: for their time. */
  readonly tooOld: number
  /** `false`: more were not tried. */
  readonly isAll: boolean
  readonly first: { readonly before: unknown; readonly after: unknown; readonly issues: readonly unknown[] } | undefined
}
