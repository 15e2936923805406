/** Broken relays: time and leases. */

import type { NewEvent, Store } from '@waybill/relay/store'
import { refusal } from '../naming.ts'
import { answering, type Exchange, listening, replaced, shared } from '../tamper.ts'
import { AHEAD_MS, HOUR_MS, MINUTE_MS, WINDOW_MS } from '../units.ts'
import type { Break, Senses } from '../world.ts'
import { accepted, type Broken, hasty, ids, isOnlyCanaries } from './common.ts'

const CLOCKS = ['clock-wrong-at-start', 'clock-wrong-for-ever', 'clock-jumps'] as const

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

export const BROKEN_TIME: Readonly<Record<string, Broken>> = {
  'forgets the window': {
    faults: ['500', '503'],
    alarms: ['outside'],
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
  'expires nothing': {
    faults: ['one-event-gives-500', 'one-event-resets'],
    alarms: ['lost'],
    break: {
      store: (store) =>
        replaced(store, {
          expire: async () => [],
          settle: (call) =>
            store.settle({
              ...call,
              settlements: call.settlements.map((one) =>
                one.to === 'expired' ? { to: 'queued', rows: one.rows, dueMs: call.nowMs + HOUR_MS } : one,
              ),
            }),
        }),
    },
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
  "believes a relay's Date although it doubts it": {
    faults: ['relay'],
    alarms: ['expired'],
    break: believingDates(({ relay }) => relay?.includes('clock=doubt') === true),
  },
  'asks its own clock instead of the window': {
    faults: ['clock-wrong-for-ever', 'clock-wrong-at-start'],
    alarms: ['expired'],
    break: {
      fetch: answering(async (asked, ask, { runtime }) => {
        if (!isOnlyCanaries(asked)) return ask()
        const response = await ask()
        const now = runtime.now()
        const isInside = asked.events.every(({ timestamp_ms: atMs }) => now - atMs < WINDOW_MS && atMs - now < AHEAD_MS)
        const own = isInside ? accepted(asked.events.length) : refusal(400, {})
        own.headers.set('date', response.headers.get('date') ?? '')
        return own
      }),
    },
  },
  'waits while the clock is in doubt': {
    faults: CLOCKS,
    alarms: ['late', 'expired'],
    break: waitingInDoubt(),
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
  'ends leases by the clock of the machine': {
    faults: ['clock-jumps'],
    alarms: ['storedTwice'],
    break: { leasesByWall: true },
  },
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

/** Nothing is leased while the machine's clock and the last `Date` are more than a minute apart. */
function waitingInDoubt(): Break {
  const doubt = (senses: Senses): { is: boolean } => shared(senses, 'doubt', () => ({ is: false }))
  return {
    fetch: listening(({ date }, senses) => {
      if (date !== null) doubt(senses).is = Math.abs(Date.parse(date) - senses.runtime.now()) > MINUTE_MS
    }),
    store: (store, senses) =>
      replaced(store, { lease: async (query) => (doubt(senses).is ? undefined : store.lease(query)) }),
  }
}
