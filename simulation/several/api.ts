/** The API as several relays meet it: good events are stored, bad ones named, and spells of other answers. */
import type { VirtualTime } from '@waybill/relay/testing'
import { ANSWERS, type Scene, STORES_NOTHING } from '../answers.ts'
import { refusal } from '../naming.ts'
import { SECOND_MS } from '../units.ts'
import type { SeveralPlan, Spell } from './plan.ts'
import type { Being, Request, Witness } from './witness.ts'

interface SentBody {
  readonly validate_only: boolean
  readonly events: readonly { readonly id: string }[]
}

const PAUSES_S = [2, 30, 120] as const

export class SeveralApi {
  /** Event id → how often it was stored. */
  readonly stored: Map<string, number> = new Map()
  readonly #plan: SeveralPlan
  readonly #time: VirtualTime
  readonly #random: () => number
  readonly #witness: Witness
  readonly #trace: (line: string) => void
  #count = 0

  constructor(
    plan: SeveralPlan,
    time: VirtualTime,
    parts: { random: () => number; witness: Witness; trace: (line: string) => void },
  ) {
    this.#plan = plan
    this.#time = time
    this.#random = parts.random
    this.#witness = parts.witness
    this.#trace = parts.trace
  }

  /** The way to it for one life of a relay. */
  fetchOf(being: Being): typeof fetch {
    return async (url, init) => {
      this.#time.touch()
      this.#count += 1
      const body = JSON.parse(String(init?.body)) as SentBody
      const pixel = new URL(String(url)).searchParams.get('pid') ?? ''
      const ids = body.events.map(({ id }) => id)
      const about = { being, pixel, ids, isReal: !body.validate_only, beganMs: this.#time.elapsedMs }
      const request: Request = { ...about, endedMs: undefined, isAmbiguous: false, signal: init?.signal ?? undefined }
      this.#witness.begins(request)
      try {
        const response = await this.#answer(request)
        this.#say(request, String(response.status))
        return response
      } catch (error) {
        this.#say(request, 'no answer')
        throw error
      } finally {
        request.endedMs = this.#time.elapsedMs
        this.#time.touch()
      }
    }
  }

  async #answer(request: Request): Promise<Response> {
    const { pixel, being } = request
    await this.#after(this.#plan.latencyMs)
    const spell = this.#spellOf(pixel)
    request.isAmbiguous = spell !== undefined && !STORES_NOTHING.has(spell.answer)
    const response = await this.#speak(request, spell)
    response.headers.set('date', new Date(this.#time.trueMs).toUTCString())
    const seconds = response.headers.get('retry-after')
    // Whoever gave up does not hear of it.
    if (seconds !== null && request.signal?.aborted !== true)
      this.#witness.paused(pixel, Number(seconds) * SECOND_MS, being)
    return response
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#time.at(this.#time.elapsedMs + ms, () => {
        this.#time.touch()
        resolve()
      })
    })
  }

  #spellOf(pixel: string): Spell | undefined {
    const now = this.#time.elapsedMs
    return this.#plan.spells.find(
      (one) =>
        one.pixel === pixel && one.fromMs <= now && now < one.toMs && (one.share === 1 || this.#random() < one.share),
    )
  }

  async #speak({ ids, isReal, signal }: Request, spell: Spell | undefined): Promise<Response> {
    const judge = async (): Promise<Response> => this.#judge(ids, isReal)
    if (spell === undefined) return judge()
    if (spell.answer === '429' || spell.answer === '503') {
      const response = refusal(Number(spell.answer), { message: 'slow down', code: null })
      response.headers.set('retry-after', String(PAUSES_S[Math.floor(this.#random() * PAUSES_S.length)]))
      return response
    }
    const scene: Scene = { ids, time: this.#time, random: this.#random, signal, count: this.#count, judge }
    return ANSWERS[spell.answer](scene)
  }

  #judge(ids: readonly string[], isReal: boolean): Response {
    const bad = ids.flatMap((id, position) => (this.#plan.bad.has(id) ? [position] : []))
    if (bad.length > 0) {
      const errors = bad.map((position) => ({
        param: `events[${position}]`,
        code: 'invalid_event',
        message: 'was rejected.',
      }))
      return refusal(400, { param: errors[0]!.param, errors })
    }
    if (isReal) for (const id of ids) this.stored.set(id, (this.stored.get(id) ?? 0) + 1)
    return Response.json({ accepted_events: ids.length })
  }

  #say({ being, pixel, ids, isReal }: Request, said: string): void {
    const what = isReal ? 'sends' : 'validates'
    this.#trace(`relay ${being.relay} ${what} ${ids.length} of ${pixel} (${ids[0]}…) → ${said}`)
  }
}
