import { DAY, MINUTE, PIXEL } from '../conformance/harness.ts'
import type { Asks, EventListQuestion, ListedEvent, QuestionName, Store } from '../index.ts'

type Both = (call: (store: Store) => Promise<unknown>) => Promise<unknown>

/** Wide enough for all of a short life, whatever it is cut by. */
const ALL = { fromMs: -10 * DAY, untilMs: 100 * DAY }
const FILTERS: readonly Omit<EventListQuestion, 'limit'>[] = [
  {},
  { pixels: [PIXEL] },
  { pixels: [] },
  { shape: 'x' },
  { source: 'test', name: 'order_created' },
  { source: 'nobody' },
]
const STATES = ['queued', 'sending', 'held', 'delivered', 'refused', 'expired', 'discarded'] as const

/**
 * Asks everything that has one right answer. `byTime`: a store whose lists of arrivals and requests go by the order of the calls; they are
 * put in the order of their times, which another one gives that several relays write to, and numbers of requests are left out.
 */
export async function compareReads(both: Both, byTime?: Store): Promise<void> {
  const walk = (store: Store, question: Omit<EventListQuestion, 'limit'>): Promise<unknown> =>
    walkAll(store, question, store === byTime)
  const ask = <Name extends QuestionName>(name: Name, asks: Asks<Name>): Promise<unknown> =>
    both(async (store) => plain(await store.reads.ask(name, asks)))
  for (const filter of FILTERS) {
    for (const state of [undefined, ...STATES])
      await both((store) => walk(store, { ...filter, ...(state && { state }) }))
    await both((store) => walk(store, { ...filter, ...ALL }))
    await both((store) => walk(store, { ...filter, ...ALL, state: 'delivered' }))
    await both((store) => walk(store, { ...filter, ...ALL, state: 'refused', code: 'bad' }))
    await ask('groups', { ...filter, count: { ends: 'refused' }, by: ['pixel', 'code'] })
    await ask('groups', { ...filter, ...ALL, count: { flow: 'left_refused' }, by: ['shape'] })
    await ask('groups', { ...filter, count: { flow: 'accepted' }, by: [] })
  }
  await both((store) => walk(store, { idPrefix: 'a' }))
  await both((store) => walk(store, { suspect: true }))
  await both((store) => walk(store, { code: 'bad' }))
  await ask('now', {})
  await ask('now', { pixels: [PIXEL] })
  await ask('backlog', { fromMs: 20, beforeMs: [40, 2 * MINUTE + 10, 100 * DAY], limit: 4 })
  await ask('backlog', { pixels: [PIXEL], fromMs: 0, beforeMs: [], limit: 1 })
  await ask('faults', {})
  await ask('pixels', ALL)
  await ask('latency', ALL)
  await ask('signal', { ...ALL, kind: 'accepted' })
  await ask('known', {})
  await both(async (store) => {
    const { requests } = await store.reads.ask('requests', { limit: 1_000 })
    if (byTime === undefined) return plain(requests)
    return plain(requests.map(({ seq: _, parent: __, ...rest }) => rest).toSorted((a, b) => b.atMs - a.atMs))
  })
  await ask('orders', { ids: ['a', 'b', 'nobody', 'a'] })
  await ask('orders', { ids: ['a'], pixels: [PIXEL] })
  await both((store) => walk(store, { identity: 'a' }))
  await ask('series', { ...ALL, step: 'day', kinds: ['accepted', 'delivered', 'refused'], by: 'pixel' })
}

/** All pages of a list, and what each says of the whole; no page but the last is short, and none is empty that has a cursor. */
async function walkAll(store: Store, question: Omit<EventListQuestion, 'limit'>, isToSort: boolean): Promise<unknown> {
  const limit = 3
  const events: ListedEvent[] = []
  let cursor: string | undefined
  for (;;) {
    const page = await store.reads.ask('events', { ...question, limit, ...(cursor !== undefined && { cursor }) })
    events.push(...page.events)
    if (page.cursor === undefined) {
      const { total, range, forgotten } = page
      if (isToSort && !isByEnd(question)) events.sort((a, b) => b.acceptedMs - a.acceptedMs || b.row - a.row)
      // Of one id the order of pixels is open.
      if (question.idPrefix !== undefined) events.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      const isExact = isCutAlike(question) || question.state !== undefined
      return plain({ events, total, range: isCutAlike(question) ? range : undefined, ...(isExact && { forgotten }) })
    }
    if (page.events.length !== limit) throw new Error('A page with a cursor is not full.')
    cursor = page.cursor
  }
}

function isByEnd({ state }: Pick<EventListQuestion, 'state'>): boolean {
  return state !== undefined && !['queued', 'sending', 'held'].includes(state)
}

/** Without days that are summed up, both cut at minutes. */
function isCutAlike({ fromMs }: { readonly fromMs?: number }): boolean {
  return fromMs === undefined
}

/** What is told: without numbers of one store alone, and where the order is open, in one order. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, sorted))
}

const OWN: ReadonlySet<string> = new Set(['commit', 'nowMs', 'range', 'forgottenBeforeMs', 'oldestTimestampMs'])
const OPEN_ORDER: ReadonlySet<string> = new Set([
  'groups',
  'lines',
  'pixels',
  'holds',
  'heldShapes',
  'sources',
  'shapes',
])

function sorted(key: string, value: unknown): unknown {
  if (OWN.has(key)) return undefined
  if (!OPEN_ORDER.has(key) || !Array.isArray(value)) return value
  return value
    .map((each) => ({ each, text: JSON.stringify(each, sorted) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ each }) => each)
}
