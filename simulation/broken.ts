/** Relays that are broken on purpose, one for each sentence of the rule. The oracle must find each; a check that finds nothing proves nothing. */
import type { NewEvent, Store } from '@waybill/relay/store'
import type { FaultName } from './faults.ts'
import { refusal } from './naming.ts'
import type { Alarm } from './problem.ts'
import { PULSE_MS } from './pulse.ts'
import { answering, type Exchange, endingAtOnce, listening, replaced, rowsOf, shared } from './tamper.ts'
import { AHEAD_MS, HOUR_MS, MINUTE_MS, WINDOW_MS } from './units.ts'
import type { Break, Senses } from './world.ts'

export interface Broken {
  /** Faults under which it shows. */
  readonly faults: readonly FaultName[]
  /** What it must raise; one of these. */
  readonly alarms: readonly Alarm[]
  readonly break: Break
}

/** Events that one witness has condemned; `hear` says which. */
function hasty(as: 'refused' | 'expired', hear: (exchange: Exchange, senses: Senses) => readonly string[]): Break {
  const condemned = (senses: Senses): Set<string> => shared(senses, 'condemned', () => new Set())
  return {
    fetch: listening((exchange, senses) => {
      for (const id of hear(exchange, senses)) if (senses.isPlanned(id)) condemned(senses).add(id)
    }),
    store: (store, senses) => endingAtOnce(store, as, (id) => condemned(senses).has(id)),
  }
}

/** The store of a relay that ends events by a time of its choice, whatever else it knows. */
function expiringBy(clock: (senses: Senses) => number | undefined): NonNullable<Break['store']> {
  return (store, senses) =>
    replaced(store, {
      async ready(nowMs) {
        const byMs = clock(senses)
        const call = { code: 'event_timestamp_too_old', message: 'too old', limit: 1_000, nowMs }
        if (byMs !== undefined) await store.expire({ ...call, timestampBeforeMs: byMs - WINDOW_MS })
        return store.ready(nowMs)
      },
    })
}

/** A relay that goes by any `Date` that it hears of. */
function believingDates(isHeard: (exchange: Exchange) => boolean): Break {
  const heard = (senses: Senses): { offsetMs?: number } => shared(senses, 'date', () => ({}))
  return {
    fetch: listening((exchange, senses) => {
      if (exchange.date !== null && isHeard(exchange))
        heard(senses).offsetMs = Date.parse(exchange.date) - senses.runtime.monotonic()
    }),
    store: expiringBy((senses) => {
      const { offsetMs } = heard(senses)
      return offsetMs === undefined ? undefined : senses.runtime.monotonic() + offsetMs
    }),
  }
}

/** A relay whose pixel stands still for half an hour after such an answer. */
function standingStillAfter(isReason: (exchange: Exchange) => boolean): Break {
  const still = (senses: Senses): { untilMs: number } => shared(senses, 'still', () => ({ untilMs: 0 }))
  return {
    fetch: listening((exchange, senses) => {
      if (isReason(exchange)) still(senses).untilMs = senses.runtime.monotonic() + HOUR_MS / 2
    }),
    store: (store, senses) =>
      replaced(store, {
        lease: async (query) => (senses.runtime.monotonic() < still(senses).untilMs ? undefined : store.lease(query)),
      }),
  }
}

const ONE_BAD = ['names-all', 'names-one-each-time', 'names-nobody', 'bad-run'] as const
const TO_EVERYTHING = ['400-named', '400-unnamed', '400-names-the-first', '400-alternating-codes'] as const
const HOLDS = ['401', '403', '404', '302', '400-request-fault'] as const
const CLOCKS = ['clock-wrong-at-start', 'clock-wrong-for-ever', 'clock-jumps'] as const
const CRASHES = ['one-event-gives-500', 'one-event-resets', 'one-event-times-out'] as const

const isFailure = ({ status, isPage }: Exchange): boolean =>
  status === undefined || (status >= 500 && status !== 503) || (status === 200 && isPage)
const ids = ({ events }: Exchange): string[] => events.map(({ id }) => id)

/** The positions that an answer names. */
function namedIds({ json, events }: Exchange): string[] {
  const positions = (json.error?.errors ?? []).map(({ param }) => Number(/^events\[(\d+)\]/.exec(param)?.[1]))
  return positions.flatMap((position) => events[position]?.id ?? [])
}

const accepted = (count: number): Response => Response.json({ accepted_events: count })

/** Reasonable-looking relays, each with one thing wrong. */
export const BROKEN: Readonly<Record<string, Broken>> = {
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
  'forgets the window': {
    faults: ['500', 'gone-for-eight-days'],
    alarms: ['outside', 'goodRefused', 'lost'],
    break: {
      store: (store) =>
        replaced(store, {
          async lease(query) {
            const lease = await store.lease(query)
            return lease && { ...lease, events: lease.events.map((event) => ({ ...event, timestampMs: query.nowMs })) }
          },
          expire: async () => [],
        }),
    },
  },
  'refuses what was named once': {
    faults: ['400-named', 'names-the-neighbour', 'names-one-more', 'names-always-the-first'],
    alarms: ['goodRefused'],
    break: hasty('refused', (exchange) => (exchange.status === 400 ? namedIds(exchange) : [])),
  },
  'refuses what was refused alone once': {
    faults: ['400-unnamed', '400-unique-codes', 'flap'],
    alarms: ['goodRefused'],
    break: hasty('refused', (exchange) =>
      exchange.status === 400 && exchange.events.length === 1 ? ids(exchange) : [],
    ),
  },
  'refuses by inference alone': {
    faults: [...ONE_BAD, '400-unnamed'],
    alarms: ['goodRefused'],
    break: hasty('refused', (exchange) => (exchange.status === 400 ? ids(exchange) : [])),
  },
  'asks no canary': {
    faults: TO_EVERYTHING,
    alarms: ['goodRefused'],
    break: {
      fetch: answering(async ({ events, canaries }, ask) =>
        canaries.length > 0 && canaries.length === events.length ? accepted(events.length) : ask(),
      ),
    },
  },
  'confirms names by themselves': {
    faults: ['names-the-neighbour', 'names-one-more', 'names-always-the-first'],
    alarms: ['goodRefused'],
    break: {
      fetch: answering(async ({ events, canaries }, ask) => {
        if (canaries.length === 0 || canaries.length === events.length) return ask()
        const errors = events.flatMap((event, position) =>
          canaries.includes(event) ? [] : [{ param: `events[${position}]`, code: 'invalid_event', message: 'no' }],
        )
        return refusal(400, { param: errors[0]!.param, errors })
      }),
    },
  },
  'never refuses': {
    faults: ONE_BAD,
    alarms: ['badWaits'],
    break: {
      store: (store) =>
        replaced(store, {
          settle: (call) =>
            store.settle({
              ...call,
              settlements: call.settlements.map((one) =>
                one.to === 'refused' ? { ...one, to: 'queued', dueMs: call.nowMs + HOUR_MS } : one,
              ),
            }),
        }),
    },
  },
  'lets neighbours of a suspect wait': {
    faults: ONE_BAD,
    alarms: ['late'],
    break: standingStillAfter(({ status }) => status === 400),
  },
  'expires by the clock of the machine alone': {
    faults: CLOCKS,
    alarms: ['expired'],
    break: { store: expiringBy(({ runtime }) => runtime.now()) },
  },
  'expires by the Date of one answer': {
    faults: ['date-in-verdicts', 'date-in-all-answers'],
    alarms: ['expired'],
    break: believingDates(() => true),
  },
  "expires by a gateway's Date": {
    faults: ['date-in-pages'],
    alarms: ['expired'],
    break: believingDates(({ status, isPage }) => isPage || (status !== undefined && status >= 500)),
  },
  'turns away by the clock of the machine alone': {
    faults: CLOCKS,
    alarms: ['goodRefused'],
    break: { store: (store, { runtime }) => turningAway(store, () => runtime.now()) },
  },
  'expires what was called too old once': {
    faults: ['422-by-another-clock', '422-by-a-shorter-window'],
    alarms: ['expired'],
    break: hasty('expired', (exchange) => (exchange.status === 422 ? ids(exchange) : [])),
  },
  'refuses what was too large once': {
    faults: ['413-to-everything', '413-for-one-event'],
    alarms: ['goodRefused'],
    break: hasty('refused', (exchange) => (exchange.status === 413 ? ids(exchange) : [])),
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
  'takes results of anybody': {
    faults: ['results-of-a-stranger'],
    alarms: ['goodRefused'],
    break: {
      fetch: answering(async (_, ask) => {
        const response = await ask()
        response.headers.set('waybill-relay', '0.2.0; clock=confirmed')
        return response
      }),
    },
  },
  'takes a page for a verdict': {
    faults: ['400-page'],
    alarms: ['goodRefused'],
    break: hasty('refused', (exchange) => (exchange.status === 400 && exchange.isPage ? ids(exchange) : [])),
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
  'sends canaries for real': {
    faults: [...ONE_BAD, ...TO_EVERYTHING],
    alarms: ['canary'],
    break: { fetch: changingCanaries((text) => text.replace('"validate_only":true', '"validate_only":false')) },
  },
  'makes canaries of what visitors did': {
    faults: [...ONE_BAD, ...TO_EVERYTHING],
    alarms: ['canary'],
    break: { fetch: changingCanaries((text) => text.replace('"type":', '"oppref":"ref_of_a_visitor","type":')) },
  },
  'ends leases by the clock of the machine': {
    faults: ['clock-jumps'],
    alarms: ['storedTwice'],
    break: { leasesByWall: true },
  },
  'starves delivery by asking first': {
    faults: ['3000-shapes'],
    alarms: ['late', 'expired'],
    break: {
      store: (store) =>
        replaced(store, {
          lease: async (query) => ((query.shapes?.length ?? 0) > 100 ? undefined : store.lease(query)),
        }),
    },
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

/** What lies outside its window by this clock is refused at the door. */
function turningAway(store: Store, now: () => number): Store {
  const judged = (event: NewEvent): NewEvent => {
    const ageMs = now() - event.timestampMs
    if (ageMs < WINDOW_MS && ageMs > -24 * HOUR_MS - AHEAD_MS) return event
    const issue = { code: 'event_timestamp_too_old', path: 'timestamp_ms', message: 'no', severity: 'error' } as const
    return { ...event, state: 'refused', issues: [issue] }
  }
  return replaced(store, { accept: (events, nowMs) => store.accept(events.map(judged), nowMs) })
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

/** Requests of canaries alone leave changed. */
function changingCanaries(change: (text: string) => string): NonNullable<Break['fetch']> {
  return (send, { isPlanned }) =>
    (url, init) => {
      const { events } = JSON.parse(String(init?.body)) as { events: readonly { id: string }[] }
      const isCanary = events.length > 0 && events.every(({ id }) => !isPlanned(id))
      return send(url, isCanary ? { ...init, body: change(String(init?.body)) } : init)
    }
}
