import type { Issue } from 'waybill'
import type { SuspicionKind, Verdict } from 'waybill/delivery'
import type { HeldPart } from '../store/index.ts'
import type { Arrival, IntakeResult } from './accept.ts'

/** Where an event of the engine's life concerns an event of a user. */
export interface About {
  readonly pixel: string
  readonly row: number
  readonly id: string
  readonly name: string
}

/** What became of one message of a call, and why. Holds no personal value. */
export interface Told {
  readonly code: string
  readonly message: string
  /** The business key, where there is one. */
  readonly ref: string | undefined
}

/** Everything the engine tells about itself: one list, `subject:action`. Metrics, logs and the event stream listen to it. */
export interface Lifecycle {
  /** One for each arrival, however many events it brought. */
  'event:accepted': {
    readonly pixel: string
    readonly source: string
    readonly count: number
    readonly refused: number
    readonly duplicates: number
    /** Code → how many events intake refused for it, each under its first error. */
    readonly codes: Readonly<Record<string, number>>
    /** Code → how many values of `user`, and click references, were left out, cleaned or translated in events that were taken. */
    readonly identity: Readonly<Record<string, number>>
    /** What each event was told, for whoever follows single ones. */
    readonly results: readonly IntakeResult[]
  }
  /** One for each call of another system, when what it brought is on disk. */
  'source:called': {
    readonly pixel: string
    /** The kind of source, and its name where it has one: `shopify`, `shopify/de`. */
    readonly source: string
    readonly accepted: number
    readonly duplicates: number
    readonly refused: number
    readonly remembered: number
    readonly skipped: readonly Told[]
    /** Events under the id of another shop's, or of another order. */
    readonly conflicts: readonly Told[]
  }
  /** A call that was not believed or not understood. */
  'source:refused': {
    /** Where it names one that is known. */
    readonly pixel: string | undefined
    readonly source: string
    readonly status: number
    readonly reason: string
  }
  /** Conversions wait in a shop's database for longer than a minute, or nobody can see whether they do (`message` says why). */
  'outbox:waits': {
    readonly outbox: string
    readonly waiting: number | undefined
    readonly oldestMs: number | undefined
    readonly message: string | undefined
  }
  /** After `outbox:waits`: they are taken again. */
  'outbox:flows': { readonly outbox: string }
  'event:delivered': About & { readonly lagMs: number; readonly mark: string | undefined }
  'event:refused': About & { readonly code: string; readonly message: string }
  'event:expired': About & { readonly code: string }
  /** It was refused, or the API failed on it, and that is not final: it waits by itself and is asked again. */
  'event:suspected': About & {
    readonly kind: SuspicionKind
    /** Refusals or failures so far. */
    readonly times: number
    readonly code: string
    readonly message: string
  }
  'event:edited': About & { readonly by: string }
  'event:expiring': { readonly pixel: string; readonly count: number; readonly withinMs: number }
  'shape:held': { readonly pixel: string; readonly shape: string; readonly code: string; readonly message: string }
  'shape:resumed': { readonly pixel: string; readonly shape: string; readonly by?: string }
  'pixel:held': {
    readonly pixel: string
    readonly code: string
    readonly message: string
    readonly hint: string
    /** The operator; here and below absent where the engine acted. */
    readonly by?: string
  }
  'pixel:resumed': { readonly pixel: string; readonly why: string; readonly by?: string }
  /** Once, until it can be trusted again. */
  'tls:failed': { readonly pixel: string; readonly message: string; readonly hint: string }
  'tls:recovered': { readonly pixel: string }
  'request:answered': {
    readonly pixel: string
    readonly verdict: Verdict['kind']
    readonly status: number | undefined
    /** Of a request whose answer may come from anybody. */
    readonly fault: 'tls' | undefined
    readonly events: number
    readonly durationMs: number
    readonly validateOnly: boolean
    readonly ambiguous: boolean
  }
  /** An event of ours was sent with `validate_only`; `shape` undefined: the least one. */
  'canary:answered': {
    readonly pixel: string
    readonly shape: string | undefined
    readonly passed: boolean
    readonly code: string | undefined
    readonly message: string | undefined
  }
  /** This relay delivers the pixel from now on; `from`: the relay that was gone, where it took the pixel over. */
  'pixel:claimed': { readonly pixel: string; readonly from: string | undefined }
  /** This relay delivers it no more: it gave it up, or another one took it. */
  'pixel:left': { readonly pixel: string; readonly why: 'idle' | 'balance' | 'taken' }
  'chores:claimed': { readonly what: string }
  /** The store could not be reached in time: nothing is sent until it can, and other relays may take the pixels over. */
  'claims:ended': { readonly pixels: number }
  'claims:renewed': { readonly pixels: number }
  /** Another relay held or resumed something. */
  'holds:changed': Readonly<Record<string, never>>
  /** The API's window for the time of events is shorter than specified. */
  'window:short': { readonly pixel: string; readonly message: string }
  'clock:doubted': { readonly reason: string }
  'clock:confirmed': { readonly skewMs: number; readonly by: 'machine' | 'api' }
  /** The window showed which of two clocks is wrong, and by how much. */
  'clock:wrong': { readonly whose: 'machine' | 'api'; readonly byMs: number }
  /** At the start: what is held, and since when. */
  'holds:found': { readonly holds: readonly HeldPart[] }
  'engine:failed': { readonly error: unknown }
}

export type Listener<Name extends keyof Lifecycle> = (details: Lifecycle[Name]) => void

/** Tells listeners, in the order they came. A listener that throws disturbs neither the engine nor the others. */
export class LifecycleEvents {
  readonly #listeners = new Map<keyof Lifecycle, Set<(details: never) => void>>()

  on<Name extends keyof Lifecycle>(name: Name, listener: Listener<Name>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  emit<Name extends keyof Lifecycle>(name: Name, details: Lifecycle[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        ;(listener as Listener<Name>)(details)
      } catch {
        // Whoever listens is outside of what was promised; delivery goes on.
      }
    }
  }
}

/** What became of an arrival, as listeners are told. */
export function acceptedOf(
  { pixel, source }: Pick<Arrival, 'pixel' | 'source'>,
  results: readonly IntakeResult[],
): Lifecycle['event:accepted'] {
  const counts = { accepted: 0, refused: 0, duplicate: 0, conflict: 0 }
  const codes: Record<string, number> = {}
  const identity: Record<string, number> = {}
  for (const result of results) {
    counts[result.status] += 1
    if (result.status === 'accepted') countIdentity(result, identity)
    if (result.status !== 'refused') continue
    const code = refusalCode(result)
    codes[code] = (codes[code] ?? 0) + 1
  }
  const { accepted: count, refused, duplicate, conflict } = counts
  return { pixel, source, count, refused, duplicates: duplicate + conflict, codes, identity, results }
}

/** An issue of what identifies the user: of `user`, or of the click reference. */
export function isAboutIdentity({ path }: Pick<Issue, 'path'>): boolean {
  return path === 'user' || path.startsWith('user.') || path === 'oppref'
}

function countIdentity({ issues }: IntakeResult, identity: Record<string, number>): void {
  for (const found of issues) if (isAboutIdentity(found)) identity[found.code] = (identity[found.code] ?? 0) + 1
}

/** The first error that intake found, which stands for all of them where events are counted. */
export function refusalCode({ issues }: Pick<IntakeResult, 'issues'>): string {
  return issues.find(({ severity }) => severity === 'error')?.code ?? 'refused'
}
