/** What must hold of several relays that were killed and stopped, from what the API saw. Pure. */
import type { Seen } from './witness.ts'

/** A relay that was disturbed, by its key of that life. */
export interface Disturbed {
  readonly relay: string
  readonly how: 'killed' | 'stopped'
  readonly atMs: number
}

export interface Evidence {
  readonly seen: readonly Seen[]
  readonly disturbed: readonly Disturbed[]
  /** Ids that intake acknowledged. */
  readonly acknowledged: ReadonlySet<string>
  /** How often the API counted each id. */
  readonly stored: ReadonlyMap<string, number>
}

/** What was sent before a relay was disturbed may be read a moment after. */
const READ_WITHIN_MS = 1_000
/** So long after its answer a request may not be settled yet. */
const SETTLED_WITHIN_MS = 3_000
/** From a death to the next request of a pixel that has something to send. */
export const TAKEN_OVER_WITHIN_MS = 15_000

/** What does not hold, one line each. */
export function judge(evidence: Evidence): string[] {
  return [...lost(evidence), ...sentTooOften(evidence), ...sentSideBySide(evidence), ...takenOverLate(evidence)]
}

function lost({ acknowledged, stored }: Evidence): string[] {
  const missing = [...acknowledged].filter((id) => !stored.has(id))
  return missing.length === 0 ? [] : [`${missing.length} acknowledged events were never stored, such as ${missing[0]}`]
}

/** An event is sent once, and once more for each of its requests whose outcome its relay may not have written down. */
function sentTooOften({ seen, disturbed }: Evidence): string[] {
  const sent = new Map<string, { times: number; uncertain: number }>()
  for (const request of seen) {
    const isUncertain = request.answeredMs === undefined || disturbed.some((each) => isCutOff(request, each))
    for (const id of request.ids) {
      const entry = sent.get(id) ?? { times: 0, uncertain: 0 }
      entry.times += 1
      if (isUncertain) entry.uncertain += 1
      sent.set(id, entry)
    }
  }
  const wrong = [...sent].filter(([, { times, uncertain }]) => times > 1 + uncertain)
  if (wrong.length === 0) return []
  const [id, { times, uncertain }] = wrong[0]!
  const when = seen
    .filter(({ ids }) => ids.includes(id))
    .map(({ relay, begunMs, answeredMs }) => {
      const near = disturbed
        .filter((each) => each.relay === relay)
        .map(({ how, atMs }) => `${how} at ${atMs.toFixed(0)}`)
      return `${relay} from ${begunMs.toFixed(0)} to ${answeredMs?.toFixed(0)} ms (${near.join(', ')})`
    })
  return [
    `${wrong.length} events were sent too often, such as ${id}: ${times} times, ${uncertain} of them uncertain: ${when.join('; ')}`,
  ]
}

function isCutOff({ relay, begunMs, answeredMs }: Seen, disturbed: Disturbed): boolean {
  return (
    disturbed.relay === relay &&
    begunMs <= disturbed.atMs + READ_WITHIN_MS &&
    (answeredMs === undefined || answeredMs + SETTLED_WITHIN_MS >= disturbed.atMs)
  )
}

/**
 * A pixel is delivered by one relay at a time. It comes back to one that had it before only because of a disturbance: the relay in between was
 * disturbed, or it had been itself and is given its share again. A relay that goes on after its claim ended is seen by what comes next: the
 * one that has the pixel comes back without any.
 */
function sentSideBySide({ seen, disturbed }: Evidence): string[] {
  const wasDisturbed = (relay: string, sinceMs: number, untilMs: number): boolean =>
    disturbed.some((each) => each.relay === relay && each.atMs >= sinceMs && each.atMs <= untilMs)
  const problems: string[] = []
  for (const [pixel, requests] of byPixel(seen)) {
    const lastMs = new Map<string, number>()
    let run = requests[0]!
    for (const request of requests) {
      const { relay, begunMs } = request
      const before = lastMs.get(relay)
      lastMs.set(relay, begunMs)
      if (relay === run.relay) continue
      const isReturn = before !== undefined
      const isExplained = wasDisturbed(run.relay, run.begunMs, begunMs) || wasDisturbed(relay, before ?? 0, begunMs)
      if (isReturn && !isExplained)
        problems.push(
          `${pixel} came back to ${relay} at ${begunMs.toFixed(0)} ms from ${run.relay}, which nobody had disturbed`,
        )
      run = request
    }
  }
  return problems.length === 0
    ? []
    : [`${problems.length} requests were begun without a claim, such as: ${problems[0]}`]
}

function takenOverLate(evidence: Evidence): string[] {
  return takeOvers(evidence)
    .filter(({ afterMs }) => afterMs > TAKEN_OVER_WITHIN_MS)
    .map(({ pixel, relay, afterMs }) => `${pixel} was taken over ${(afterMs / 1_000).toFixed(1)} s after ${relay} died`)
}

/** The longest time from a death to the next request of a pixel, for the report. */
export function slowestTakeOverMs(evidence: Pick<Evidence, 'seen' | 'disturbed'>): number {
  return Math.max(0, ...takeOvers(evidence).map(({ afterMs }) => afterMs))
}

interface TakeOver {
  readonly pixel: string
  readonly relay: string
  /** From the death, or from what was done to another relay after it: that one may have had the pixel next. */
  readonly afterMs: number
}

function takeOvers({ seen, disturbed }: Pick<Evidence, 'seen' | 'disturbed'>): TakeOver[] {
  const lastMs = Math.max(0, ...seen.map(({ begunMs }) => begunMs))
  const found: TakeOver[] = []
  for (const [pixel, requests] of byPixel(seen))
    for (const { relay, how, atMs } of disturbed) {
      const own = requests.findLast(({ begunMs }) => begunMs <= atMs)
      if (how !== 'killed' || own?.relay !== relay) continue
      const nextMs = requests.find(({ begunMs }) => begunMs > atMs)?.begunMs ?? lastMs
      const sinceMs = Math.max(...disturbed.map((each) => each.atMs).filter((each) => each >= atMs && each <= nextMs))
      found.push({ pixel, relay, afterMs: nextMs - sinceMs })
    }
  return found
}

function byPixel(seen: readonly Seen[]): Map<string, Seen[]> {
  const pixels = new Map<string, Seen[]>()
  for (const request of seen.toSorted((a, b) => a.begunMs - b.begunMs)) {
    const requests = pixels.get(request.pixel)
    if (requests === undefined) pixels.set(request.pixel, [request])
    else requests.push(request)
  }
  return pixels
}
