/** What every single request must keep, looked at before it is answered. */

import type { VirtualTime } from '@waybill/relay/testing'
import type { SentEvent } from './judge.ts'
import type { Phase, Plan } from './plan.ts'
import type { Problem } from './problem.ts'
import { AHEAD_MS, MINUTE_MS, WINDOW_MS } from './units.ts'

/** A request as it arrived. `canaries`: events that nobody handed over. */
export interface ReadRequest {
  readonly pixel: string
  readonly text: string
  readonly bytes: number
  readonly validateOnly: boolean
  readonly events: readonly SentEvent[]
  readonly canaries: readonly SentEvent[]
}

const MAX_EVENTS = 1_000
/** Requests that a fault to everything may cost: to find it out, and then to see whether it is over. */
const MOST_AT_ONCE = 120
const MOST_A_MINUTE = 12
const MOST_IN_A_LIFE = 30_000

export class RequestWatch {
  readonly problems: Problem[] = []
  #requests = 0
  readonly #plan: Plan
  readonly #time: VirtualTime
  readonly #sent = new Map<string, SentEvent>()
  readonly #pausedUntilMs = new Map<string, number>()
  readonly #private: readonly string[]
  readonly #struck = new Map<string, { readonly sinceMs: number; requests: number }>()

  constructor(plan: Plan, time: VirtualTime) {
    this.#plan = plan
    this.#time = time
    // Values of visitors, which no event of ours may repeat.
    this.#private = ['ref_of_a_visitor', '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b']
  }

  begin(): void {
    this.#pausedUntilMs.clear()
  }

  paused(pixel: string, untilMs: number): void {
    this.#pausedUntilMs.set(pixel, untilMs)
  }

  see(request: ReadRequest): void {
    this.#requests += 1
    if (this.#requests === MOST_IN_A_LIFE) this.#tell('hammered', `${MOST_IN_A_LIFE} requests in one life`)
    const { pixel, events, canaries, validateOnly } = request
    const now = this.#time.elapsedMs
    const untilMs = this.#pausedUntilMs.get(pixel) ?? 0
    if (now < untilMs) this.#tell('paused', `${pixel} is asked at ${now} ms, before ${untilMs} ms`)
    if (events.length > MAX_EVENTS) this.#tell('changed', `a request has ${events.length} events`)
    for (const event of events) if (this.#plan.events.has(event.id)) this.#seeEvent(event)
    if (canaries.length > 0 && !validateOnly) this.#tell('canary', `${canaries[0]!.id} is sent for real`)
    const said = JSON.stringify(canaries)
    for (const value of this.#private)
      if (said.includes(value)) this.#tell('canary', `${canaries[0]!.id} repeats what belongs to a visitor`)
  }

  /** A request met a fault that lets nothing through: a relay finds that out with few of them. */
  struck({ fault, fromMs }: Phase, pixel: string): void {
    const key = `${fault} ${fromMs} ${pixel}`
    const seen = this.#struck.get(key) ?? { sinceMs: this.#time.elapsedMs, requests: 0 }
    this.#struck.set(key, seen)
    seen.requests += 1
    const minutes = (this.#time.elapsedMs - seen.sinceMs) / MINUTE_MS
    if (seen.requests === Math.floor(MOST_AT_ONCE + minutes * MOST_A_MINUTE) + 1)
      this.#tell('hammered', `${pixel} was asked ${seen.requests} times in ${Math.ceil(minutes)} min of ${fault}`)
  }

  #seeEvent(event: SentEvent): void {
    const ageMs = this.#time.trueMs - event.timestamp_ms
    const isOutside = ageMs > WINDOW_MS || -ageMs > AHEAD_MS
    if (isOutside && !this.#hasWrongClaim())
      this.#tell('outside', `${event.id} left at ${this.#time.elapsedMs} ms, ${ageMs} ms old`)
    // A request that was read before has the same objects.
    const before = this.#sent.get(event.id)
    if (before === event) return
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(event))
      this.#tell('changed', `${event.id} left with other content`)
    this.#sent.set(event.id, event)
  }

  /** An event leaves when either claim puts it inside its window; what the API said of the time counts until it says something else. */
  #hasWrongClaim(): boolean {
    const now = this.#time.elapsedMs
    const { dates, judges, clock, account } = this.#plan
    // Nobody knows the time, and whoever takes the event is left to find out.
    if (account.doubtsDateByMs !== undefined) return true
    const isWrong = Math.abs(this.#time.wallShiftMs) > MINUTE_MS
    const wasWrong = clock.some(({ atMs }) => atMs <= now && now - atMs < 10 * MINUTE_MS)
    const isOdd = [...dates, ...judges.filter(({ clockByMs }) => clockByMs !== undefined)].some(
      ({ fromMs }) => fromMs <= now,
    )
    return isWrong || wasWrong || isOdd
  }

  #tell(alarm: Problem['alarm'], about: string): void {
    this.problems.push({ alarm, about })
  }
}
