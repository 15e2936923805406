/** The API as the relay meets it in a life: its judgement, and faults by the plan. */

import type { VirtualTime } from '@waybill/relay/testing'
import { ANSWERS, LETS_NOTHING_THROUGH, REFUSES, type Scene, STORES_NOTHING } from './answers.ts'
import { createJudge, type Judge, type SentEvent } from './judge.ts'
import { refusal, refuse } from './naming.ts'
import type { Phase, Plan, Span } from './plan.ts'
import type { Problem } from './problem.ts'
import { HOUR_MS, SECOND_MS } from './units.ts'
import { type ReadRequest, RequestWatch } from './watch.ts'

/** What the API knows of an event that it stored. */
export interface Stored {
  readonly firstMs: number
  times: number
}

/** What the API and whoever stands before it know at the end of a life; times are milliseconds since the start. */
export interface ApiRecord {
  readonly stored: ReadonlyMap<string, Stored>
  /** Event id → requests that carried it for real. */
  readonly posts: ReadonlyMap<string, number>
  /** Event id → requests that carried it and whose outcome the relay could not know. */
  readonly ambiguous: ReadonlyMap<string, number>
  /** Pixel → pauses that it asked for. */
  readonly pauses: ReadonlyMap<string, readonly Span[]>
  /** Pixel → flaps: how often it began to refuse what it takes; where each answer is drawn by itself, each that refuses is one. */
  readonly flaps: ReadonlyMap<string, number>
  /** Event id → times it was refused by a flap, with a pass between each and the next. */
  readonly flapsOf: ReadonlyMap<string, number>
  /** Event id → the code with which a relay refused it by its own check. */
  readonly refusedByRelay: ReadonlyMap<string, string>
  readonly problems: readonly Problem[]
  readonly requests: number
}

/** A first answer that counts too few, and the second. */
const MOST_MISCOUNTS = 2
const LONGEST_PAUSE_MS = HOUR_MS

export class SimulatedApi implements ApiRecord {
  readonly stored: Map<string, Stored> = new Map()
  readonly posts: Map<string, number> = new Map()
  readonly ambiguous: Map<string, number> = new Map()
  readonly pauses: Map<string, Span[]> = new Map()
  readonly flaps: Map<string, number> = new Map()
  readonly flapsOf: Map<string, number> = new Map()
  readonly refusedByRelay: Map<string, string> = new Map()
  requests = 0
  #lastRead: { readonly url: string; readonly request: ReadRequest } | undefined
  readonly #plan: Plan
  readonly #time: VirtualTime
  readonly #random: () => number
  readonly #judge: Judge
  readonly #watch: RequestWatch
  readonly #miscounts = new Map<string, number>()
  /** Pixel → what it refused since something passed last. */
  readonly #flapping = new Map<string, Set<string>>()
  readonly #trace: (line: string) => void

  constructor(plan: Plan, time: VirtualTime, trace: (line: string) => void) {
    this.#plan = plan
    this.#time = time
    this.#random = plan.stream('api')
    this.#judge = createJudge(plan, time)
    this.#watch = new RequestWatch(plan, time)
    this.#trace = trace
  }

  get problems(): readonly Problem[] {
    return this.#watch.problems
  }

  /** A process starts, which knows nothing of what was answered before. */
  begin(): void {
    this.#watch.begin()
  }

  readonly fetch: typeof fetch = async (url, init) => {
    this.#time.touch()
    this.requests += 1
    const request = this.#read(String(url), String(init?.body))
    this.#watch.see(request)
    if (!request.validateOnly) for (const { id } of request.events) count(this.posts, id)
    await this.#after(this.#plan.latencyMs)
    const phase = this.#strike(request)
    if (phase?.share === 1 && phase.ids === undefined && LETS_NOTHING_THROUGH.has(phase.answer))
      this.#watch.struck(phase, request.pixel)
    if (phase?.answer !== 'slow') this.#noteAmbiguity(request, phase)
    try {
      const response = await this.#answer(request, phase, init?.signal ?? undefined)
      if (phase?.answer === 'slow') this.#noteAmbiguity(request, init?.signal?.aborted === true ? phase : undefined)
      this.#stamp(response)
      this.#notePause(request, response)
      this.#noteFlap(request, response, phase)
      this.#trace(`${described(request)} → ${response.status}${phase ? ` (${phase.fault})` : ''}`)
      return response
    } catch (error) {
      this.#trace(`${described(request)} → no answer${phase ? ` (${phase.fault})` : ''}`)
      throw error
    } finally {
      this.#time.touch()
    }
  }

  /** The same request again is not read again: a relay that waits for an API asks it the same for days. */
  #read(url: string, text: string): ReadRequest {
    const last = this.#lastRead
    if (last !== undefined && last.url === url && last.request.text === text) return last.request
    const request = this.#readNew(url, text)
    this.#lastRead = { url, request }
    return request
  }

  #readNew(url: string, text: string): ReadRequest {
    const { validate_only: validateOnly, events } = JSON.parse(text) as {
      validate_only: boolean
      events: readonly SentEvent[]
    }
    const pixel = new URL(url).searchParams.get('pid') ?? ''
    const canaries = events.filter(({ id }) => !this.#plan.events.has(id))
    return { pixel, text, validateOnly, events, canaries, bytes: Buffer.byteLength(text) }
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#time.at(this.#time.elapsedMs + ms, () => {
        this.#time.touch()
        resolve()
      })
    })
  }

  /** The first fault that meets this request. */
  #strike({ pixel, events }: ReadRequest): Phase | undefined {
    const now = this.#time.elapsedMs
    return this.#plan.phases.find(
      (phase) =>
        now >= phase.fromMs &&
        now < phase.toMs &&
        (phase.pixel ?? pixel) === pixel &&
        (phase.ids === undefined || events.some(({ id }) => phase.ids!.has(id))) &&
        (phase.share === 1 || this.#random() < phase.share),
    )
  }

  #noteAmbiguity({ validateOnly, events }: ReadRequest, phase: Phase | undefined): void {
    if (validateOnly) return
    const isCertain = phase === undefined ? !this.#mayBeMiscounted(events) : STORES_NOTHING.has(phase.answer)
    if (!isCertain) for (const { id } of events) count(this.ambiguous, id)
  }

  /** Where repeats are not counted a relay may ask once more, and nothing tells it more after that. */
  #mayBeMiscounted(events: readonly SentEvent[]): boolean {
    if (this.#plan.account.countsRepeats || !events.some(({ id }) => this.stored.has(id))) return false
    for (const { id } of events) count(this.#miscounts, id)
    return events.some(({ id }) => this.#miscounts.get(id)! <= MOST_MISCOUNTS)
  }

  #answer(request: ReadRequest, phase: Phase | undefined, signal: AbortSignal | undefined): Promise<Response> {
    const { maxBodyBytes } = this.#plan.account
    if (phase === undefined && request.bytes > maxBodyBytes)
      return Promise.resolve(refusal(413, { message: 'The request body is too large.', code: null }))
    const scene: Scene = {
      ids: request.events.map(({ id }) => id),
      time: this.#time,
      random: this.#random,
      signal,
      count: this.requests,
      judge: (store = true) => this.#judged(request, store),
    }
    return phase === undefined ? scene.judge() : ANSWERS[phase.answer](scene)
  }

  async #judged(request: ReadRequest, store: boolean): Promise<Response> {
    const { account } = this.#plan
    const { text, events, validateOnly } = request
    const bad = await this.#time.during(this.#judge.judge(text, events))
    this.#time.touch()
    if (bad instanceof Response) return bad
    const codes = new Map(bad.map(({ position, code }) => [position, code]))
    if (account.isRelay) return this.#relayed(request, codes)
    if (bad.length > 0) return refuse(bad, events.length, account.naming)
    const news = validateOnly || !store ? events.length : this.#store(events)
    return Response.json({ accepted_events: account.countsRepeats || validateOnly ? events.length : news })
  }

  /** A relay takes the good ones and tells of the others; what it says that it takes it has. */
  #relayed({ events, validateOnly }: ReadRequest, codes: ReadonlyMap<number, string>): Response {
    const good = events.filter((_, position) => !codes.has(position))
    if (!validateOnly) this.#store(good)
    for (const [index, code] of codes) this.refusedByRelay.set(events[index]!.id, code)
    const results = [...codes].map(([index, code]) => ({
      index,
      id: events[index]!.id,
      status: 'refused',
      issues: [{ code, message: 'was rejected.', path: '', severity: 'error' }],
    }))
    const status = good.length === 0 && events.length > 0 ? 422 : 200
    const clock = this.#plan.account.doubtsDateByMs === undefined ? 'confirmed' : 'doubt'
    const headers = { 'waybill-relay': `0.2.0; clock=${clock}` }
    return Response.json({ accepted_events: good.length, results }, { status, headers })
  }

  #store(events: readonly SentEvent[]): number {
    let news = 0
    for (const { id } of events) {
      const known = this.stored.get(id)
      if (known !== undefined) known.times += 1
      else {
        news += 1
        this.stored.set(id, { firstMs: this.#time.elapsedMs, times: 1 })
      }
    }
    return news
  }

  #stamp(response: Response): void {
    const now = this.#time.elapsedMs
    const isPage = response.headers.get('content-type')?.startsWith('text/html') === true
    const isVerdict = !isPage && response.status < 500 && response.status !== 302
    const wrong = this.#plan.dates.find(
      ({ fromMs, toMs, scope }) =>
        now >= fromMs && now < toMs && (scope === 'all' || (scope === 'verdicts' ? isVerdict : !isVerdict)),
    )
    const doubtedByMs = response.headers.has('waybill-relay') ? (this.#plan.account.doubtsDateByMs ?? 0) : 0
    const byMs = doubtedByMs + (wrong?.byMs ?? 0)
    response.headers.set('date', new Date(this.#judge.shownMs() + byMs).toUTCString())
  }

  /** What it asked for in seconds, which no wait of the relay's own stands in for. */
  #notePause({ pixel }: ReadRequest, response: Response): void {
    const header = response.headers.get('retry-after')
    if (header === null || !/^\d+$/.test(header)) return
    const fromMs = this.#time.elapsedMs
    const lengthMs = Math.min(LONGEST_PAUSE_MS, Math.max(SECOND_MS, Number(header) * SECOND_MS))
    const pause = { fromMs, toMs: fromMs + lengthMs }
    this.pauses.set(pixel, [...(this.pauses.get(pixel) ?? []), pause])
    this.#watch.paused(pixel, pause.toMs)
  }

  #noteFlap({ pixel, events }: ReadRequest, response: Response, phase: Phase | undefined): void {
    if (phase === undefined || !REFUSES.has(phase.answer)) {
      if (response.status === 200) this.#flapping.delete(pixel)
      return
    }
    const refused = this.#flapping.get(pixel) ?? new Set()
    if (phase.share < 1 || !this.#flapping.has(pixel)) count(this.flaps, pixel)
    this.#flapping.set(pixel, refused)
    for (const { id } of events) {
      if (!refused.has(id)) count(this.flapsOf, id)
      refused.add(id)
    }
  }
}

function described({ pixel, validateOnly, events, canaries, bytes }: ReadRequest): string {
  const ids = events.length <= 3 ? ` ${events.map(({ id }) => id).join()}` : ''
  return `${pixel} ${validateOnly ? 'asks' : 'sends'} ${events.length} (${canaries.length} canaries, ${bytes} B)${ids}`
}

function count(counts: Map<string, number>, id: string): void {
  counts.set(id, (counts.get(id) ?? 0) + 1)
}
