/** A client that posts events, one request after the other, and notes what was acknowledged. */
import { PIXEL } from './relay-process.ts'

const EVENTS_PER_POST = 20
/** One event in so many is refused by the API, which alone knows why. */
const BAD_EVERY = 97

export const BAD: RegExp = /_bad$/

/** Posts until the relay is gone or `isStopped`. */
export async function load(
  url: string,
  prefix: string,
  { acknowledged, isStopped }: { readonly acknowledged: Set<string>; readonly isStopped: () => boolean },
): Promise<void> {
  for (let at = 0; !isStopped(); at += EVENTS_PER_POST) {
    const events = Array.from({ length: EVENTS_PER_POST }, (_, index) => orderEvent(prefix, at + index))
    try {
      const response = await fetch(`${url}/v1/events?pid=${PIXEL}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ events }),
      })
      const answer = (await response.json()) as { accepted_events: number }
      if (response.status === 200 && answer.accepted_events === events.length)
        for (const { id } of events) acknowledged.add(id)
    } catch {
      return
    }
  }
}

function orderEvent(prefix: string, number: number): { id: string } & Record<string, unknown> {
  return {
    id: `${prefix}_${number}${number % BAD_EVERY === BAD_EVERY - 1 ? '_bad' : ''}`,
    type: 'order_created',
    timestamp_ms: Date.now(),
    data: { type: 'contents', amount: 100, currency: 'USD' },
  }
}
