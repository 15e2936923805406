/** Broken relays: refused for good, names, what is not the API's, a relay's answer. */
import { refusal } from '../naming.ts'
import { answering, type Exchange, replaced, shared } from '../tamper.ts'
import { HOUR_MS, MINUTE_MS, WINDOW_MS } from '../units.ts'
import {
  accepted,
  type Broken,
  changingCanaries,
  hasty,
  ids,
  isOnlyCanaries,
  ONE_BAD,
  standingStillAfter,
  TO_EVERYTHING,
} from './common.ts'

const WRONG_NAMES = ['names-the-neighbour', 'names-one-more', 'names-always-the-first'] as const

/** The positions that an answer names. */
function namedIds({ json, events }: Exchange): string[] {
  const positions = (json.error?.errors ?? []).map(({ param }) => Number(/^events\[(\d+)\]/.exec(param)?.[1]))
  return positions.flatMap((position) => events[position]?.id ?? [])
}

export const BROKEN_VERDICTS: Readonly<Record<string, Broken>> = {
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
  'believes a canary for ever': {
    faults: TO_EVERYTHING,
    alarms: ['goodRefused'],
    break: {
      fetch: answering(async (asked, ask, senses) => {
        const passed = shared(senses, 'passed', () => ({ once: false }))
        if (!isOnlyCanaries(asked)) return ask()
        if (passed.once) return accepted(asked.events.length)
        const response = await ask()
        passed.once = response.status === 200
        return response
      }),
    },
  },
  'takes the least canary for that of a shape': {
    faults: ['other-generation'],
    alarms: ['goodRefused'],
    break: { fetch: changingCanaries(withoutUser) },
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
  'refuses a suspect whose window closes': {
    faults: TO_EVERYTHING,
    alarms: ['goodRefused'],
    break: hasty('refused', ({ status, events }, { runtime }) =>
      status === 400
        ? events
            .filter(({ timestamp_ms: atMs }) => atMs + WINDOW_MS - runtime.now() < 20 * MINUTE_MS)
            .map(({ id }) => id)
        : [],
    ),
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
  'overlooks that a canary is named': {
    faults: WRONG_NAMES,
    alarms: ['goodRefused'],
    break: {
      fetch: answering(async (asked, ask) => {
        const { events, canaries } = asked
        const response = await ask()
        if (response.status !== 400 || canaries.length === 0 || isOnlyCanaries(asked)) return response
        const { error } = (await response.clone().json()) as Exchange['json']
        const positions = (error?.errors ?? []).map(({ param }) => Number(/^events\[(\d+)\]/.exec(param)?.[1]))
        if (!positions.some((position) => canaries.includes(events[position]!))) return response
        return naming(events.flatMap((event, position) => (canaries.includes(event) ? [] : [position])))
      }),
    },
  },
  'takes a page for a verdict': {
    faults: ['400-page'],
    alarms: ['goodRefused'],
    break: hasty('refused', (exchange) => (exchange.status === 400 && exchange.isPage ? ids(exchange) : [])),
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
  "takes a relay's refusals for no answer": {
    faults: ['relay'],
    alarms: ['badWaits'],
    break: {
      fetch: answering(async (_, ask) => {
        const response = await ask()
        response.headers.delete('waybill-relay')
        return response
      }),
    },
  },
}

function naming(positions: readonly number[]): Response {
  const errors = positions.map((position) => ({ param: `events[${position}]`, code: 'invalid_event', message: 'no' }))
  return refusal(400, { param: errors[0]!.param, errors })
}

function withoutUser(text: string): string {
  return JSON.stringify(JSON.parse(text, (key, value: unknown) => (key === 'user' ? undefined : value)))
}
