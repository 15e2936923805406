import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import pg from 'pg'
import { stopPostgres } from '../../../postgres-server.helpers.ts'
import { leaseAll, MINUTE, NOW, newEvents, PIXEL, refusedEvent, requestOf, rowsOf } from '../../conformance/harness.ts'
import { claimingStore } from '../../conformance.ts'
import { contextKey } from '../../context-key.ts'
import type { Asks, QuestionName, Store } from '../../index.ts'
import { makeStore } from '../postgres-store.helpers.ts'

after(stopPostgres)

const range = { fromMs: NOW - 40 * MINUTE, untilMs: NOW + MINUTE }
const page = { limit: 2 }
const pixels = [PIXEL]
const STATES = ['queued', 'sending', 'held', 'delivered', 'refused', 'expired', 'discarded'] as const

/** What the page asks all the time. */
const ASKED: { readonly [Name in QuestionName]?: readonly Asks<Name>[] } = {
  now: [{}, { pixels }],
  backlog: [{ fromMs: 0, beforeMs: [NOW], limit: 10 }],
  events: [
    page,
    { ...page, ...range, pixels, source: 'test', name: 'order_created' },
    ...STATES.map((state) => ({ ...page, state })),
    ...STATES.map((state) => ({ ...page, state, pixels, code: 'bad', source: 'test', ...range })),
    { ...page, code: 'bad' },
    { ...page, suspect: true },
    { ...page, idPrefix: 'a' },
    { ...page, orderKey: contextKey('order', '1') },
  ],
  event: [{ id: 'a' }, { row: 1 }],
  requests: [page, { ...page, pixels, verdict: 'retry' }, { ...page, ...range, status: 503 }],
  requestTree: [{ seq: 1 }],
  series: [
    { ...range, step: 'minute', kinds: ['accepted', 'delivered'] },
    { ...range, step: 'day', kinds: ['refused'], by: 'code', pixels },
  ],
  waiting: [{ ...range, step: 'minute' }],
  flows: [range],
  orders: [{ ids: ['a', 'b'] }],
  groups: [{ ...range, count: { flow: 'delivered' }, by: ['source'], pixels }],
  faults: [{}, { ...range, pixels }],
  pixels: [range],
  latency: [range, { ...range, pixels }],
  signal: [range],
  known: [{}],
}

/** Tables that grow with the number of events, or with the time that has gone by. Those that the chore empties are few. */
const LARGE = new Set([
  'account',
  'body',
  'queue',
  'ended',
  'kept_body',
  'tried',
  'rollup',
  'latency',
  'sample',
  'order_key',
])
const LARGE_BY_DAY = /^(?:body|request|delivery|passage)_\d+$/

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
  await store.holdPixel('px_2', { code: 'http_401', message: 'no', atMs: NOW, by: 'waybill' })
  await store.accept(newEvents(['h1', 'h2'], { pixel: 'px_2' }), NOW)
  while (await store.keepNumbers(NOW + 3 * MINUTE));
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly PlanNode[]
}

function scannedIn(node: PlanNode): string[] {
  const name = node['Relation Name'] ?? ''
  const isScan = node['Node Type'] === 'Seq Scan' && (LARGE.has(name) || LARGE_BY_DAY.test(name))
  return [...(isScan ? [name] : []), ...(node.Plans ?? []).flatMap(scannedIn)]
}

it('what people are answered by reads every table that grows by an index', async (context) => {
  const { store: opened, database } = await makeStore(context, { readLimits: { answerMs: 60_000 } })
  const store = claimingStore(opened)
  await live(store)
  const explainer = new pg.Client(database.url)
  await explainer.connect()
  await explainer.query('set enable_seqscan = off')
  const seen = new Map<string, { readonly question: string; readonly values: readonly unknown[] }>()
  const original = pg.Client.prototype.query
  let asked = ''
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [sql, values] = given
    if (asked !== '' && typeof sql === 'string' && /^\s*(?:select|with)/i.test(sql))
      seen.set(sql, { question: asked, values: (values as unknown[] | undefined) ?? [] })
    return (original as (...all: unknown[]) => unknown).apply(this, given)
  } as typeof original
  for (const [name, questions] of Object.entries(ASKED))
    for (const question of questions) {
      asked = `${name} ${JSON.stringify(question)}`
      await store.reads.ask(name as QuestionName, question as never)
    }
  asked = ''
  pg.Client.prototype.query = original
  assert.ok(seen.size > 60, `${seen.size} statements`)
  const wrong: string[] = []
  for (const [sql, { question, values }] of seen) {
    const { rows } = await explainer.query(`explain (format json) ${sql}`, values as unknown[])
    const scanned = scannedIn((rows[0]['QUERY PLAN'] as { Plan: PlanNode }[])[0]!.Plan)
    if (scanned.length > 0) wrong.push(`${question}\n${sql}\n  ${scanned.join()}`)
  }
  await explainer.end()
  assert.deepEqual(wrong, [])
})
