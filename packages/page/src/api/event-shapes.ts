import type { EventState, Figure } from './shapes.ts'

/** Events as the relay shows them. */

export interface EventSummary {
  readonly row: number
  readonly pixel: string
  readonly name: string
  readonly id?: string | null
  readonly state: EventState
  readonly code?: string | null
  readonly message?: string | null
  readonly shape: string
  readonly source: string
  readonly timestampMs: number
  readonly dueMs: number
  readonly acceptedMs: number
  readonly endedMs?: number | null
  readonly attempts: number
  readonly suspicion?: unknown
}

export interface EventList {
  readonly commit: number
  readonly events: readonly EventSummary[]
  readonly cursor?: string | null
  readonly partial?: boolean
  readonly total: (Figure & { readonly atLeast: boolean }) | null
  readonly forgottenBeforeMs?: number | null
  readonly searched?: { readonly bodies: number; readonly forgotten: string }
}

export interface Issue {
  readonly code: string
  readonly path: string
  readonly message: string
  readonly severity: 'error' | 'warning'
}

export interface Attempt {
  readonly key?: number
  readonly parentKey?: number | null
  readonly atMs: number
  readonly durationMs: number
  readonly status?: number | null
  readonly verdict: string
  readonly code?: string | null
  readonly message?: string | null
  readonly requestId?: string | null
  readonly validateOnly: boolean
  readonly events?: number
}

export interface Passage {
  readonly atMs: number
  readonly what: string
  readonly code?: string | null
  readonly message?: string | null
  readonly by?: string | null
}

export interface Account extends EventSummary {
  readonly issues: readonly Issue[]
  readonly requests: readonly Attempt[]
  readonly history: readonly Passage[]
  /** As it is kept; identities are digests. */
  readonly event?: unknown
  /** The same, of identities only how they begin. */
  readonly masked?: unknown
  readonly tooOldAtMs?: number | null
  readonly pixelHalf?: unknown
  readonly curl?: string | null
  readonly testCase?: unknown
}
