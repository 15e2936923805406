/** Broken relays: sizes, counts, failures, holds, pauses, and new shapes. */

import type { Store } from '@waybill/relay/store'
import { PULSE_MS } from '../pulse.ts'
import { answering, type Exchange, endingAtOnce, replaced, rowsOf, shared } from '../tamper.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../units.ts'
import type { Senses } from '../world.ts'
import {
  accepted,
  type Broken,
  HOLDS,
  hasty,
  ids,
  isOnlyCanaries,
  standingStillAfter,
  TO_EVERYTHING,
} from './common.ts'

const CRASHES = ['one-event-gives-500', 'one-event-resets', 'one-event-times-out'] as const

const isFailure = ({ status, isPage }: Exchange): boolean =>
  status === undefined || (status >= 500 && status !== 503) || (status === 200 && isPage)

const unavailable = (): Response => new Response(null, { status: 503 })

export const BROKEN_WAY: Readonly<Record<string, Broken>> = {
  'settles before the answer': {
    faults: ['reset', '500'],
    alarms: ['notStored'],
    break: {
      store: (store) =>
        replaced(store, {
          async lease(query) {
            const lease = await store.lease(query)
            if (lease === undefined) return undefined
            const settlements = [{ to: 'delivered', rows: rowsOf(lease) }] as const
            await store.settle({ token: lease.token, nowMs: query.nowMs, settlements })
            return lease
          },
        }),
    },
  },
  'refuses what was too large once': {
    faults: ['413-to-everything', '413-for-one-event'],
    alarms: ['goodRefused'],
    break: hasty('refused', (exchange) => (exchange.status === 413 ? ids(exchange) : [])),
  },
  'waits out what is too large': {
    faults: ['limit-of-16-kb'],
    alarms: ['late'],
    break: {
      fetch: answering(async (_, ask) => {
        const response = await ask()
        return response.status === 413 ? unavailable() : response
      }),
    },
  },
  'lets neighbours of one that is too large wait': {
    faults: ['413-for-one-event'],
    alarms: ['late'],
    break: standingStillAfter(({ status }) => status === 413),
  },
  'takes a count of zero for all': {
    faults: ['counts-zero'],
    alarms: ['notStored'],
    break: {
      fetch: answering(async ({ events }, ask) => {
        const response = await ask()
        if (response.status !== 200) return response
        const { accepted_events: count } = (await response.clone().json()) as { accepted_events: number }
        return count === 0 ? accepted(events.length) : response
      }),
    },
  },
  'sends again until it is counted': {
    faults: ['counts-no-repeats'],
    alarms: ['storedTwice'],
    break: {
      fetch: answering(async ({ events, validateOnly }, ask) => {
        const response = await ask()
        if (response.status !== 200 || validateOnly) return response
        const { accepted_events: count } = (await response.clone().json()) as Exchange['json']
        return count === events.length ? response : unavailable()
      }),
    },
  },
  'refuses what failed three times': {
    faults: [...CRASHES, 'half-500', 'reset', '500'],
    alarms: ['goodRefused'],
    break: hasty('refused', (exchange, senses) => {
      const failures = shared(senses, 'failures', () => new Map<string, number>())
      if (!isFailure(exchange)) return []
      for (const id of ids(exchange)) failures.set(id, (failures.get(id) ?? 0) + 1)
      return ids(exchange).filter((id) => failures.get(id)! >= 3)
    }),
  },
  'takes a failure for one of all neighbours': {
    faults: CRASHES,
    alarms: ['late'],
    break: {
      fetch: answering(async (asked, ask, senses) => {
        const failed = shared(senses, 'failed', () => new Set<string>())
        if (asked.events.some(({ id }) => failed.has(id))) return new Response(null, { status: 500 })
        const response = await ask().catch(() => undefined)
        if (response !== undefined && response.status !== 500) return response
        for (const { id } of asked.events) if (senses.isPlanned(id)) failed.add(id)
        return response ?? new Response(null, { status: 500 })
      }),
    },
  },
  'lets an event that fails keep the lanes': {
    faults: CRASHES,
    alarms: ['late'],
    break: standingStillAfter(isFailure),
  },
  'hammers an API that is down': {
    faults: ['500', 'reset'],
    alarms: ['hammered'],
    break: { fetch: (send) => (url, init) => untilItAnswers(() => send(url, init)) },
  },
  'splits although the API is down': {
    faults: ['500', 'reset'],
    alarms: ['hammered'],
    break: {
      fetch: answering(async (asked, ask) => (isOnlyCanaries(asked) ? accepted(asked.events.length) : ask())),
    },
  },
  'waits longer the longer an outage lasts': {
    faults: ['500', 'reset'],
    alarms: ['late', 'expired'],
    break: {
      runtime: (runtime) => ({
        ...runtime,
        sleep: (ms, signal) => runtime.sleep(ms === PULSE_MS || ms < 20 * SECOND_MS ? ms : ms * 60, signal),
      }),
    },
  },
  'refuses what a probe asked': {
    faults: [...HOLDS, ...TO_EVERYTHING],
    alarms: ['goodRefused'],
    break: { store: (store) => endingAtOnce(store, 'refused', (_, { isProbe }) => isProbe) },
  },
  'lifts no hold for four hours': {
    faults: HOLDS,
    alarms: ['late', 'expired'],
    break: { store: liftingLate },
  },
  'probes with the oldest only': {
    faults: ['bad-shape'],
    alarms: ['late', 'expired'],
    break: {
      store: (store) =>
        replaced(store, {
          lease: (query) =>
            store.lease(query.probe === undefined ? query : { ...query, probe: { ...query.probe, order: 'oldest' } }),
        }),
    },
  },
  'cuts pauses short': {
    faults: ['429', '503'],
    alarms: ['paused'],
    break: {
      runtime: (runtime) => ({
        ...runtime,
        monotonic: () => runtime.monotonic() * 4,
        sleep: (ms, signal) => runtime.sleep(ms === PULSE_MS ? ms : ms / 4, signal),
      }),
    },
  },
  'starves delivery by asking first': {
    faults: ['3000-shapes'],
    alarms: ['late', 'expired'],
    break: { store: askingFirst },
  },
}

const AT_ONCE = 40

/** Asks again and again, with no pause. */
async function untilItAnswers(ask: () => Promise<Response>): Promise<Response> {
  for (let left = AT_ONCE; left > 0; left--) {
    const response = await ask().catch(() => undefined)
    if (response !== undefined && response.status < 500) return response
  }
  return ask()
}

function liftingLate(store: Store, { runtime }: Senses): Store {
  const heldAtMs = new Map<string, number>()
  return replaced(store, {
    holdPixel(pixel, hold) {
      heldAtMs.set(pixel, heldAtMs.get(pixel) ?? runtime.monotonic())
      return store.holdPixel(pixel, hold)
    },
    async resumePixel(pixel, by) {
      if (runtime.monotonic() - (heldAtMs.get(pixel) ?? 0) < 4 * HOUR_MS + MINUTE_MS) return false
      heldAtMs.delete(pixel)
      return store.resumePixel(pixel, by)
    },
  })
}

/** What is known waits while there is something new to be shown to the API. */
function askingFirst(store: Store, senses: Senses): Store {
  const { runtime } = senses
  const news = shared(senses, 'news', () => ({ seenMs: Number.NEGATIVE_INFINITY }))
  return replaced(store, {
    async lease(query) {
      if (query.shapes !== undefined && runtime.monotonic() - news.seenMs < MINUTE_MS) return undefined
      const lease = await store.lease(query)
      if (query.exceptShapes !== undefined && lease !== undefined) news.seenMs = runtime.monotonic()
      return lease
    },
  })
}
