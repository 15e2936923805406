import assert from 'node:assert/strict'
import { it } from 'node:test'
import { leaseAll, MINUTE, NOW, newEvents, PIXEL, refusedEvent, requestOf, rowsOf } from '../../conformance/harness.ts'
import { tempFile } from '../../conformance/temp-file.ts'
import { contextKey } from '../../context-key.ts'
import type { Asks, QuestionName, Store } from '../../index.ts'
import type { Row } from '../database.ts'
import { faultyDatabase } from '../faulty-database.ts'
import { openSqliteStore } from '../index.ts'

const range = { fromMs: NOW - 40 * MINUTE, untilMs: NOW + MINUTE }
const page = { limit: 2 }
const pixels = [PIXEL]
const STATES = ['queued', 'sending', 'held', 'delivered', 'refused', 'expired', 'discarded'] as const

/** Every question, in each of its ways. */
const ASKED: { readonly [Name in QuestionName]: readonly Asks<Name>[] } = {
  now: [{}, { pixels }],
  backlog: [{ fromMs: 0, beforeMs: [NOW, NOW + MINUTE], limit: 10 }],
  events: [
    page,
    { ...page, pixels },
    { ...page, ...range },
    { ...page, source: 'test', name: 'order_created', shape: 'order_created(amount)' },
    ...STATES.flatMap((state) => [
      { ...page, state },
      { ...page, state, pixels, code: 'bad', source: 'test', ...range },
    ]),
    { ...page, suspect: true },
    { ...page, idPrefix: 'a' },
    { ...page, idPrefix: 'a', pixels, name: 'order_created' },
    { ...page, orderKey: contextKey('order', '1') },
    { ...page, identity: 'a' },
  ],
  event: [{ id: 'a' }, { id: 'a', pixels }, { row: 1 }],
  requests: [page, { ...page, pixels }, { ...page, verdict: 'retry' }, { ...page, ...range, status: 503 }],
  requestTree: [{ seq: 1 }, { seq: 2 }],
  series: [
    { ...range, step: 'minute', kinds: ['accepted', 'delivered'] },
    { ...range, step: 'quarter', kinds: ['accepted'], by: 'source', weeksBefore: 4 },
    { ...range, step: 'day', kinds: ['refused'], by: 'code', pixels },
  ],
  waiting: [
    { ...range, step: 'minute' },
    { ...range, step: 'hour', pixels },
  ],
  flows: [range, { ...range, pixels }],
  orders: [{ ids: ['a', 'b'] }, { ids: ['a'], pixels }],
  groups: [
    { count: { ends: 'refused' }, by: ['pixel', 'code'] },
    { ...range, count: { flow: 'delivered' }, by: ['source'], pixels },
  ],
  faults: [{}, { ...range, pixels }, { state: 'expired' }],
  pixels: [range, { ...range, pixels }],
  latency: [range, { ...range, pixels }],
  signal: [range, { ...range, pixels, kind: 'accepted' }],
  sentence: [{ ...range, nowMs: NOW }],
  known: [{}, { pixels }],
  marks: [range],
  tasks: [page, { ...page, pixels }],
  actions: [page],
}

/** Tables that grow with the number of events, or with the time that has gone by. */
const LARGE =
  /^SCAN (?:event|body|request|passage|suspicion|rollup(?:_pack|_key)?|latency(?:_pack)?|sample|pixel_(?:row|block)|deliver(?:y|ed)|order_key|action|mark|r|l|s)\b/
/** The first row is found without a walk. */
const FIRST = /ORDER BY row LIMIT 1$/
/** Such tables are put in order by their indices; what was found in them, by its groups. */
const SORTED = /USE TEMP B-TREE FOR (?:LAST TERM OF )?ORDER BY/

/** Some of everything, so that no question ends before its last statement. */
async function live(store: Store): Promise<void> {
  await store.accept(newEvents(['a', 'b', 'c', 'd', 'e', 'f'], { contexts: [contextKey('order', '1')] }), NOW)
  await store.accept([refusedEvent('r1'), refusedEvent('r2'), refusedEvent('r3')], NOW)
  const lease = await leaseAll(store, { limit: 3 })
  const [a = 0, b = 0, c = 0] = rowsOf(lease)
  const suspicion = { kind: 'refused', times: 1, firstMs: NOW, code: 'bad', message: 'bad' } as const
  const settlements = [
    { to: 'delivered', rows: [a] },
    { to: 'expired', rows: [b], code: 'old', message: 'old' },
    { to: 'queued', rows: [c], dueMs: NOW + MINUTE, suspicion },
  ] as const
  await store.settle({ token: lease.token, settlements, nowMs: NOW, request: requestOf(rowsOf(lease)) })
  await store.recordRequest(requestOf([c], { verdict: 'retry', status: 503 }))
  await store.discard({ state: 'queued' }, { by: 'ann', nowMs: NOW, reason: 'why', limit: 1 })
  await store.holdPixel('px_2', { code: 'http_401', message: 'no', atMs: NOW, by: 'waybill' })
  await store.accept(newEvents(['h1', 'h2'], { pixel: 'px_2' }), NOW)
  // Beyond a quarter of an hour, so that there are packs.
  while (await store.keepNumbers(NOW + 20 * MINUTE));
}

it('no statement that people are answered by walks a table that grows, or puts one in order', async () => {
  const { path, remove } = tempFile()
  const faulty = faultyDatabase()
  const store = await openSqliteStore({ path, connect: faulty.connect, readsIn: 'here' })
  await live(store)
  const seen = new Map<string, string>()
  let asked = ''
  faulty.sabotage = (sql) => {
    if (/^\s*(SELECT|WITH)/.test(sql) && asked !== '') seen.set(sql, asked)
  }
  for (const [name, questions] of Object.entries(ASKED)) {
    for (const question of questions) {
      asked = `${name} ${JSON.stringify(question)}`
      await store.reads.ask(name as QuestionName, question as never)
    }
  }
  asked = ''
  assert.ok(seen.size > 60, `${seen.size} statements`)
  for (const table of ['rollup_pack', 'latency_pack', 'rollup_key', 'pixel_row', 'pixel_block'])
    assert.ok([...seen.keys()].join().includes(`${table} WHERE`), `nothing was read of ${table}`)
  const wrong = [...seen].flatMap(([sql, question]) => {
    const rows = faulty.database().prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as Row[]
    const plan = rows.map(({ detail }) => String(detail))
    const isBad = plan.some((line) => (LARGE.test(line) && !FIRST.test(sql)) || SORTED.test(line))
    return isBad ? [`${question}\n${sql}\n  ${plan.join('\n  ')}`] : []
  })
  assert.deepEqual(wrong, [])
  await store.close()
  remove()
})
