/** What the API of a life would take: the emulator's reading of the specification, and the rules that only this life has. */
import { createEmulator, type Emulator } from '@waybill/emulator'
import type { VirtualTime } from '@waybill/relay/testing'
import type { BadEvent } from './naming.ts'
import type { OddJudge, Plan } from './plan.ts'
import { WINDOW_MS } from './units.ts'

export interface SentEvent {
  readonly id: string
  readonly timestamp_ms: number
}

/** The bad events of a request, or the answer to one that is no request. */
export type Judged = readonly BadEvent[] | Response

export interface Judge {
  judge(text: string, events: readonly SentEvent[]): Promise<Judged>
  /** What the API's clock shows in `Date`. */
  shownMs(): number
}

export function createJudge(plan: Plan, time: VirtualTime): Judge {
  const odd = (): OddJudge | undefined =>
    plan.judges.find(({ fromMs, toMs }) => time.elapsedMs >= fromMs && time.elapsedMs < toMs)
  const now = (): number => time.trueMs + (odd()?.clockByMs ?? 0)
  const usual = emulatorOf('both', now)
  const other = emulatorOf('2026-11', now)
  return {
    async judge(text, events) {
      const rules = odd()
      const emulator = rules?.otherGeneration ? other : usual
      const response = await emulator.fetch('https://api.example/v1/events?pid=any', {
        method: 'POST',
        headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
        body: text.replace('"validate_only":false', '"validate_only":true'),
      })
      const found = response.status === 200 ? [] : await badEvents(response)
      if (found instanceof Response) return found
      return merged(found, own(events, plan, now() - (rules?.windowMs ?? WINDOW_MS)))
    },
    shownMs: () => (odd()?.showsItsClock ? now() : time.trueMs),
  }
}

function emulatorOf(contract: 'both' | '2026-11', now: () => number): Emulator {
  return createEmulator({ now, contract, errors: 'all', keep: 'count' })
}

interface FieldError {
  readonly param: string
  readonly code: string
  readonly message: string
}

async function badEvents(response: Response): Promise<Judged> {
  const { error } = (await response.clone().json()) as { error: { errors?: readonly FieldError[] } }
  if (error.errors === undefined) return response
  return error.errors.map(({ param, code, message }) => {
    const [, position, field] = /^events\[(\d+)\](.*)$/.exec(param)!
    return { position: Number(position), field: field!, code, message }
  })
}

/** What no schema knows: bad for reasons of its own, or older than this API takes. */
function own(events: readonly SentEvent[], plan: Plan, oldestMs: number): BadEvent[] {
  return events.flatMap(({ id, timestamp_ms }, position): BadEvent[] => {
    const code = plan.bad.get(id)
    if (code !== undefined) return [{ position, field: '', code, message: 'was rejected.' }]
    if (timestamp_ms >= oldestMs) return []
    const message = 'event_timestamp_ms must be within the last 7 days.'
    return [{ position, field: '.timestamp_ms', code: 'event_timestamp_too_old', message }]
  })
}

/** The first thing said of each, in the order of the request. */
function merged(...lists: readonly (readonly BadEvent[])[]): BadEvent[] {
  const first = new Map<number, BadEvent>()
  for (const bad of lists.flat()) if (!first.has(bad.position)) first.set(bad.position, bad)
  return [...first.values()].sort((a, b) => a.position - b.position)
}
