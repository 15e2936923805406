/** What the relay answers. Times are Unix milliseconds, amounts minor units. */

import type { EventSummary, Issue } from './event-shapes.ts'

export type * from './event-shapes.ts'

export interface Money {
  readonly currency: string
  readonly amount: number
}

export interface Figure {
  readonly events: number
  readonly money: readonly Money[]
}

export type EventState = 'queued' | 'sending' | 'held' | 'delivered' | 'refused' | 'expired' | 'discarded'
export type Stage = 'accepted' | EventState

export interface Me {
  readonly who: string
  readonly role: 'reader' | 'operator'
  readonly pixels: '*' | readonly string[]
  readonly by: 'loopback' | 'token' | 'session' | 'link'
  readonly expiresMs: number | null
  readonly version: string
  readonly startedMs: number
  readonly timeZone: string
  readonly sandbox: boolean
  readonly keepBodies: boolean
  readonly retentionDays: number
}

export interface LoginInfo {
  readonly canLogIn: boolean
  readonly why: 'plain_http' | 'no_admin_token' | null
  readonly publicUrl: string | null
  readonly remedies: readonly { readonly code: string; readonly text: string; readonly command?: string }[]
}

export type Counts = Readonly<Record<Stage | 'unaccounted', number>>

export interface Tick {
  readonly type: 'tick'
  readonly atMs: number
  readonly version: string
  readonly startedMs: number
  readonly commit: number
  readonly counts: Counts
  readonly held: readonly string[]
  readonly running: number
  readonly needs: number
  readonly state: Level
  readonly rate: { readonly acceptedPerSecond: number; readonly deliveredPerSecond: number }
  readonly tasks: readonly {
    readonly id: number
    readonly done: number
    readonly total: number
    readonly state: string
  }[]
}

export type Level = 'green' | 'amber' | 'red'

export interface Mark {
  readonly id: number
  readonly atMs: number
  readonly kind: string
  readonly text: string
  readonly by: string
  readonly pixel: string | null
}

export interface Cause {
  readonly kind: 'fewer_came' | 'more_refused' | 'waiting' | 'delivered_reported_later' | 'no_events_yet'
  readonly sinceMs: number
  readonly untilMs: number
  readonly pixel: string | null
  readonly source: string | null
  readonly code: string | null
  readonly events: number
  readonly expected: number | null
  readonly percent: number | null
  readonly why: 'held' | 'outage' | 'rate' | 'clock' | 'shape_held' | null
  readonly mark: Mark | null
  readonly money: readonly Money[]
  readonly lostFromMs: number | null
}

export interface Verdict {
  readonly level: Level
  readonly causes: readonly Cause[]
  readonly enoughDays: boolean
  readonly lostFromMs: number | null
}

export interface Need {
  readonly kind: string
  readonly pixel: string | null
  readonly code: string | null
  readonly source: string | null
  readonly events: number
  readonly sinceMs: number | null
  readonly lostFromMs: number | null
  readonly hint: string
  readonly action: 'resume' | 'fix' | 'replay' | 'look' | null
}

export interface Lag {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly count: number
}

export interface Today {
  readonly commit: number
  readonly atMs: number
  readonly pixel: string | null
  readonly fromMs: number
  readonly untilMs: number
  readonly now: Counts
  readonly pipeline: Readonly<Record<Stage, Figure & { readonly list: string }>>
  readonly lag: { readonly accepted: Lag | null; readonly delivered: Lag | null }
  readonly verdict: Verdict
  readonly needs: readonly Need[]
  readonly sources: readonly SourceCounts[]
}

export interface SourceCounts {
  readonly source: string
  readonly accepted: number
  readonly delivered: number
  readonly refused: number
}

export type FlowKind = 'accepted' | 'delivered' | 'refused' | 'expired' | 'discarded' | 'replayed'
export type FlowColumns = Readonly<Record<'atMs' | FlowKind, readonly number[]>>

export interface SeriesAnswer {
  readonly commit: number
  readonly atMs: number
  readonly stepMs: number
  readonly timeZone: string
  readonly fromMs: number
  readonly untilMs: number
  readonly series: readonly { readonly key: string; readonly columns: FlowColumns }[]
  readonly waiting: Readonly<Record<'atMs' | 'queued' | 'sending' | 'held', readonly number[]>> | null
  readonly band: {
    readonly atMs: readonly number[]
    readonly low: readonly (number | null)[]
    readonly median: readonly (number | null)[]
    readonly high: readonly (number | null)[]
    readonly weeks: number
  } | null
  readonly marks: readonly Mark[]
}

export interface RefusedGroup {
  readonly pixel: string
  readonly code: string
  readonly path: string | null
  readonly sources: readonly { readonly source: string; readonly events: number }[]
  readonly events: number
  readonly money: readonly Money[]
  readonly firstMs: number
  readonly lastMs: number
  readonly deliverableUntilMs: number | null
  readonly remedy: string | null
  readonly message: string | null
  readonly samples: readonly EventSummary[]
  readonly canFix: boolean
}

export type Selection =
  | { readonly rows: readonly number[] }
  | {
      readonly state: EventState
      readonly pixel?: string
      readonly name?: string
      readonly source?: string
      readonly code?: string
      readonly shape?: string
      readonly since?: number
      readonly until?: number
    }

export type Change = { readonly path: string; readonly set: unknown } | { readonly path: string; readonly unset: true }

export interface TaskRequest {
  readonly verb: 'replay' | 'fix' | 'discard'
  readonly selection: Selection
  readonly change?: readonly Change[]
  readonly reason?: string
  readonly ratePerSecond?: number
}

export interface DryRun {
  readonly dryRun: true
  readonly total: number
  readonly wouldPass: number
  readonly wouldNot: number
  readonly tooOld: number
  readonly first: { readonly before: unknown; readonly after: unknown; readonly issues: readonly Issue[] } | null
  readonly exact: boolean
}

export interface Task {
  readonly id: number
  readonly verb: string
  readonly state: 'running' | 'done' | 'cancelled' | 'failed' | 'taken_back'
  readonly selection: unknown
  readonly change?: readonly Change[]
  readonly reason?: string | null
  readonly by: string
  readonly createdMs: number
  readonly endedMs: number | null
  readonly ratePerSecond: number
  readonly total: number
  readonly done: number
  readonly passed: number
  readonly notPassed: number
  readonly delivered?: number
  readonly waiting?: number
  readonly canCancel: boolean
  readonly canTakeBack: boolean
  readonly error: string | null
}

export interface PixelView {
  readonly pixel: string
  readonly state: string
  readonly counts?: Counts
  readonly hold?: { readonly code: string; readonly message: string; readonly atMs: number; readonly by: string } | null
  readonly keyState: 'ok' | 'refused' | 'unknown'
  readonly lastAcceptedMs: number | null
  readonly lastDeliveredMs: number | null
  readonly ratePerSecond: number | null
  readonly lostFromMs: number | null
  readonly problem: string | null
  readonly remedy: string | null
  /** Accepted by hour; of the largest pixels. */
  readonly spark: readonly number[] | null
}

export interface Signal {
  readonly commit: number
  readonly pixel: string | null
  readonly events: number
  readonly shares: readonly {
    readonly key: string
    readonly events: number
    readonly percent: number
    readonly addedAtAttempt: number
    readonly before: number | null
  }[]
  readonly late: { readonly over1h: number; readonly percent: number }
  readonly names: readonly { readonly name: string; readonly events: number }[]
  readonly sources: readonly { readonly source: string; readonly events: number }[]
  readonly warnings: readonly {
    readonly number: number
    readonly shown: boolean
    readonly level: 'ok' | 'low' | 'unknown'
    readonly percent: number | null
    readonly events: number | null
  }[]
}

export type OrderState = 'delivered' | 'waiting' | 'skipped' | 'refused' | 'expired' | 'discarded' | 'unknown'

export interface OrderResult {
  readonly id: string
  readonly is: OrderState
  readonly code: string | null
  readonly amount: number | null
  readonly currency: string | null
  readonly sameAmount: boolean | null
  readonly rows: readonly number[]
}

export interface WebhookSource {
  readonly source: string
  readonly pixel: string
  readonly accepted: number
  readonly duplicates: number
  readonly refused: number
  readonly remembered?: number
  readonly skipped: readonly { readonly code: string; readonly message?: string; readonly count: number }[]
  readonly sinceMs?: number
}

export interface RequestView {
  readonly key: number
  readonly pixel: string
  readonly atMs: number
  readonly durationMs: number
  readonly status: number | null
  readonly verdict: string
  readonly code: string | null
  readonly message: string | null
  readonly requestId: string | null
  readonly validateOnly: boolean
  readonly ambiguous: boolean
  readonly events: number
  readonly parentKey: number | null
}

export interface RequestSummary {
  readonly columns: Readonly<Record<'atMs' | 'passed' | 'refused' | 'limited' | 'failed' | 'held', readonly number[]>>
  readonly verdicts: readonly {
    readonly verdict: string
    /** 0: no answer came. */
    readonly status: number
    readonly requests: number
  }[]
  readonly pace: readonly {
    readonly pixel: string
    readonly maxRequestsPerSecond: number
    readonly inFlight: number
    /** How long it leaves the API alone from now. */
    readonly waitsMs: number
  }[]
}

export interface Action {
  readonly atMs: number
  readonly by: string
  readonly what: string
  readonly pixel?: string | null
  readonly reason?: string | null
  readonly events?: number | null
}

export interface Link {
  readonly id: string
  readonly pixels: '*' | readonly string[]
  readonly by: string
  readonly createdMs: number
  readonly expiresMs: number
  readonly lastUsedMs: number | null
  readonly withdrawnMs: number | null
  readonly name: string | null
}

export interface Sandbox {
  readonly pixels: readonly string[]
  readonly faults: Readonly<Record<string, number>>
  readonly poison: string | null
  readonly latencyMs: number
  readonly stored: number
  readonly requests: number
  readonly last: readonly { readonly event?: Readonly<Record<string, unknown>> }[]
}
