/** What people ask of a made store, one question after the other. */
import type { Asks, QuestionName, Store } from '@waybill/relay/store'
import { pixelName, SEEDED_PIXELS, SEEDED_UNTIL_MS } from './seed.ts'

const DAY_MS = 86_400_000
const END_MS = SEEDED_UNTIL_MS
const PIXELS = SEEDED_PIXELS

type Question = {
  readonly [Name in QuestionName]: readonly [label: string, name: Name, asks: Asks<Name>]
}[QuestionName]

const today = { fromMs: END_MS - 15 * 3_600_000, untilMs: END_MS }
const last24h = { fromMs: END_MS - DAY_MS, untilMs: END_MS }
const week = { fromMs: END_MS - 7 * DAY_MS, untilMs: END_MS }
const month = { fromMs: END_MS - 28 * DAY_MS, untilMs: END_MS }
const page = { limit: 50 }
const small = [pixelName(PIXELS - 2)]
const large = [pixelName(0)]

export const QUESTIONS: readonly Question[] = [
  ['now', 'now', {}],
  ['all events', 'events', page],
  ['events of a small pixel', 'events', { ...page, pixels: small }],
  ['events of a source', 'events', { ...page, source: 'webhook/stripe' }],
  ['events of a name', 'events', { ...page, name: 'page_viewed' }],
  [
    'events of a shape, a pixel and a source',
    'events',
    { ...page, pixels: small, shape: 'page_viewed|a|||', source: 'webhook/stripe' },
  ],
  ['events of a day', 'events', { ...page, fromMs: END_MS - 20 * DAY_MS, untilMs: END_MS - 19 * DAY_MS }],
  ['queued', 'events', { ...page, state: 'queued' }],
  ['sending, of which there is none', 'events', { ...page, state: 'sending' }],
  ['held', 'events', { ...page, state: 'held' }],
  ['held of a pixel where nothing is', 'events', { ...page, state: 'held', pixels: large }],
  ['delivered', 'events', { ...page, state: 'delivered' }],
  ['delivered of a week, a small pixel', 'events', { ...page, ...week, state: 'delivered', pixels: small }],
  ['delivered with a mark that none has', 'events', { ...page, state: 'delivered', code: 'count_mismatch' }],
  ['refused', 'events', { ...page, state: 'refused' }],
  [
    'refused of a code and a source',
    'events',
    { ...page, state: 'refused', code: 'invalid_event', source: 'webhook/stripe' },
  ],
  ['refused of a week', 'events', { ...page, ...week, state: 'refused' }],
  ['expired', 'events', { ...page, state: 'expired' }],
  ['discarded', 'events', { ...page, state: 'discarded' }],
  ['suspects', 'events', { ...page, suspect: true }],
  ['by the beginning of an id', 'events', { ...page, idPrefix: 'order_12' }],
  ['by the beginning of an id, a small pixel', 'events', { ...page, idPrefix: 'order_12', pixels: small }],
  ['one event', 'event', { id: 'order_4711' }],
  ['requests', 'requests', page],
  ['requests of a pixel', 'requests', { ...page, pixels: small }],
  ['requests with a verdict that none has', 'requests', { ...page, verdict: 'retry' }],
  [
    'today by minutes',
    'series',
    { ...last24h, step: 'minute', kinds: ['accepted', 'delivered', 'refused', 'expired'] },
  ],
  [
    'today by quarters, four weeks before',
    'series',
    { ...today, step: 'quarter', kinds: ['accepted', 'delivered'], weeksBefore: 4 },
  ],
  ['a week by hours, by source', 'series', { ...week, step: 'hour', kinds: ['accepted'], by: 'source' }],
  ['a month by days, one pixel', 'series', { ...month, step: 'day', kinds: ['accepted', 'delivered'], pixels: large }],
  ['a week by hours, refused by code', 'series', { ...week, step: 'hour', kinds: ['refused'], by: 'code' }],
  ['what waited today', 'waiting', { ...last24h, step: 'minute' }],
  ['delivered by pixel, a week', 'groups', { ...week, count: { flow: 'delivered' }, by: ['pixel'] }],
  ['refused by pixel and code, all times', 'groups', { count: { ends: 'refused' }, by: ['pixel', 'code'] }],
  ['faults of a week', 'faults', week],
  ['pixels, today', 'pixels', today],
  ['latency, a week', 'latency', week],
  ['signal, a month', 'signal', month],
  ['known', 'known', {}],
  ['the sentence of Today', 'sentence', { ...today, nowMs: END_MS }],
]

export interface Slowest {
  readonly label: string
  readonly answerMs: number
  readonly turnMs: number
}

/** Each question as it is served, so that making and packing count; different `beside`, so that nothing comes from the last one. */
export async function askAll(store: Store): Promise<Slowest> {
  let slowest: Slowest = { label: '', answerMs: 0, turnMs: 0 }
  for (const [label, name, asks] of QUESTIONS) {
    const watch = watchTurns()
    const times: number[] = []
    for (let round = 0; round < 3; round++) {
      const startedMs = performance.now()
      await store.reads.serve(name, asks as never, { encoding: 'br', beside: `${label} ${round}` })
      times.push(performance.now() - startedMs)
    }
    const turnMs = watch.stop()
    const answerMs = times.sort((a, b) => a - b)[1]!
    process.stdout.write(`${answerMs.toFixed(1).padStart(8)} ms  ${label}\n`)
    const worst = answerMs > slowest.answerMs ? { label, answerMs } : slowest
    slowest = { label: worst.label, answerMs: worst.answerMs, turnMs: Math.max(slowest.turnMs, turnMs) }
  }
  return slowest
}

/** How long the event loop of this thread stands still: the 99th of 100 of its turns. */
function watchTurns(): { readonly stop: () => number } {
  const turns: number[] = []
  let lastMs = performance.now()
  let isOn = true
  const turn = (): void => {
    const nowMs = performance.now()
    turns.push(nowMs - lastMs)
    lastMs = nowMs
    if (isOn) setImmediate(turn)
  }
  setImmediate(turn)
  return {
    stop() {
      isOn = false
      turns.sort((a, b) => a - b)
      return turns[Math.floor(turns.length * 0.99)] ?? 0
    },
  }
}
