/** When the API was well for an event: from the plan alone, and from the pauses that it asked for. */
import type { AnswerKind } from './answers.ts'
import type { ApiRecord } from './api.ts'
import type { Plan, Span } from './plan.ts'
import type { PlannedEvent } from './traffic.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './units.ts'

/** A stretch of health, and how long everything may take to be delivered once it has begun. */
export interface Stretch extends Span {
  readonly allowedMs: number
}

/** Faults with less health than this between them count as one: a hold that comes back goes on where it was. */
const SAME_FAULT_MS = HOUR_MS
const LONG_FAULT_MS = 2 * HOUR_MS
/** A key or a pixel that the API does not know is asked about more and more seldom after ten minutes. */
const LONG_REFUSAL_MS = 10 * MINUTE_MS
const QUICK_MS = 60 * SECOND_MS
const SLOW_MS = 15 * MINUTE_MS

/** An event on which the API failed by itself waits as long for its next attempt. */
const ALONE_MS = 6 * MINUTE_MS

/** Where the API fails on some requests and not on others, an event that meets it each time is taken for the reason by chance. */
const FAILURES: ReadonlySet<AnswerKind> = new Set(['500', 'reset', 'lost', 'timeout'])

interface Trouble extends Span {
  /** It may single out an event. */
  readonly isOwn?: boolean
  /** After so much of it a relay asks every 15 minutes only. */
  readonly longMs: number
}

/** Stretches of health for events of a kind; those of one kind share theirs. */
export class Health {
  readonly #plan: Plan
  readonly #api: ApiRecord
  readonly #crashes: readonly number[]
  readonly #known = new Map<string, readonly Stretch[]>()

  constructor(plan: Plan, api: ApiRecord, crashes: readonly number[]) {
    this.#plan = plan
    this.#api = api
    this.#crashes = crashes
  }

  of(event: PlannedEvent): readonly Stretch[] {
    const own = this.#plan.phases.filter(({ ids }) => ids?.has(event.id)).length > 0 ? event.id : ''
    const key = `${event.pixel} ${event.hasUser} ${own}`
    const known = this.#known.get(key) ?? this.#stretches(event)
    this.#known.set(key, known)
    return known
  }

  /** More than the answers themselves may take: a request under way ends, and the rest goes out at the pixel's rate. */
  get slackMs(): number {
    return this.#plan.timeoutMs + 30 * SECOND_MS
  }

  #stretches(event: PlannedEvent): Stretch[] {
    const troubles = this.#troubles(event).sort((a, b) => a.fromMs - b.fromMs)
    const stretches: Stretch[] = []
    let wellFromMs = 0
    let [faultFromMs, longMs] = [0, Number.POSITIVE_INFINITY]
    const quickMs = troubles.some(({ isOwn }) => isOwn) ? ALONE_MS : QUICK_MS
    const allowed = (): number => this.slackMs + (wellFromMs - faultFromMs >= longMs ? SLOW_MS : quickMs)
    for (const trouble of [...troubles, { fromMs: this.#plan.endMs, toMs: this.#plan.endMs, longMs: 0 }]) {
      if (trouble.fromMs > wellFromMs)
        stretches.push({ fromMs: wellFromMs, toMs: trouble.fromMs, allowedMs: allowed() })
      if (trouble.fromMs > wellFromMs + SAME_FAULT_MS || wellFromMs === 0) {
        faultFromMs = trouble.fromMs
        longMs = Number.POSITIVE_INFINITY
      }
      if (trouble.toMs > trouble.fromMs) longMs = Math.min(longMs, trouble.longMs)
      wellFromMs = Math.max(wellFromMs, trouble.toMs)
    }
    return stretches
  }

  #troubles({ id, pixel, hasUser }: PlannedEvent): Trouble[] {
    const { phases, judges } = this.#plan
    const faults = phases.filter((one) => (one.pixel ?? pixel) === pixel && (one.ids?.has(id) ?? true))
    const odd = judges.filter(({ otherGeneration }) => !otherGeneration || hasUser)
    const pauses = this.#api.pauses.get(pixel) ?? []
    return [
      ...faults.map(({ fromMs, toMs, answer, ids, share }) => ({
        fromMs,
        toMs,
        isOwn: ids !== undefined || (share < 1 && FAILURES.has(answer)),
        longMs: answer === '401' || answer === '403' ? LONG_REFUSAL_MS : LONG_FAULT_MS,
      })),
      ...[...odd, ...pauses].map((span) => ({ ...span, longMs: LONG_FAULT_MS })),
      ...this.#crashes.map((atMs) => ({ fromMs: atMs, toMs: atMs, longMs: LONG_FAULT_MS })),
    ]
  }
}
