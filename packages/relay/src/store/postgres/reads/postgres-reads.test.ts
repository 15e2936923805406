import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { stopPostgres } from '../../../postgres-server.helpers.ts'
import { leaseAll, MINUTE, NOW, newEvents, REFUSAL, refusedEvent, rowsOf } from '../../conformance/harness.ts'
import { claimingStore } from '../../conformance.ts'
import type { NewEvent } from '../../index.ts'
import { makeStore } from '../postgres-store.helpers.ts'

after(stopPostgres)

const range = { fromMs: NOW - MINUTE, untilMs: NOW + MINUTE }

it('a question that takes too long is answered with an error and no part of a sum; a list gives what it has', async (context) => {
  const { store, open } = await makeStore(context)
  await store.accept(newEvents(['a', 'b', 'c']), NOW)
  const hurried = await open({ readLimits: { answerMs: 0 } })
  for (const asking of [
    () => hurried.reads.ask('series', { ...range, step: 'minute', kinds: ['accepted'] }),
    () => hurried.reads.ask('groups', { ...range, count: { flow: 'accepted' }, by: ['pixel'] }),
    () => hurried.reads.ask('backlog', { fromMs: 0, beforeMs: [NOW], limit: 1 }),
  ])
    await assert.rejects(asking(), { code: 'too_slow', hint: /shorter time/ })
  const ids: (string | undefined)[] = []
  let cursor: string | undefined
  do {
    const page = await hurried.reads.ask('events', { limit: 10, ...(cursor !== undefined && { cursor }) })
    assert.ok(page.events.length > 0 || page.cursor === undefined, 'no page is empty that has a cursor')
    ids.push(...page.events.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== undefined)
  assert.deepEqual(ids, ['c', 'b', 'a'])
})

it('a statement that does not come back is cancelled by the database, and delivery goes on beside it', async (context) => {
  const { store: opened, database } = await makeStore(context, { readConnections: 1, readLimits: { answerMs: 300 } })
  const store = claimingStore(opened)
  await store.accept(newEvents(['a']), NOW)
  const behind = new pg.Client(database.url)
  await behind.connect()
  await behind.query('begin; lock table waybill_store.known in access exclusive mode')
  const asking = assert.rejects(store.reads.ask('known', {}), { code: 'too_slow' })
  assert.equal((await leaseAll(store)).events.length, 1)

  await asking

  await behind.query('rollback')
  await behind.end()
  assert.equal((await store.reads.ask('now', {})).counts.sending, 1)
})

it('an answer is of all relays: what another one holds and leases is told, and the number of the moment has risen', async (context) => {
  const { store: one, open } = await makeStore(context, { readLimits: { answerMs: 60_000 } })
  const other = claimingStore(await open())
  await one.accept(newEvents(['a', 'b', 'c']), NOW)
  const before = await one.reads.ask('now', {})
  await leaseAll(other, { limit: 2 })
  await other.holdPixel('px_1', { code: 'http_401', message: 'no', atMs: NOW, by: 'ann' })
  const now = await one.reads.ask('now', {})
  const { queued, sending, held, unaccounted } = now.counts
  assert.deepEqual({ queued, sending, held, unaccounted }, { queued: 0, sending: 2, held: 1, unaccounted: 0 })
  assert.ok(now.commit > before.commit)
  const { events } = await one.reads.ask('events', { state: 'sending', limit: 10 })
  assert.equal(events.length, 2)
})

it('an answer is served packed, and kept for a moment', async (context) => {
  const { store } = await makeStore(context, { readLimits: { answerMs: 60_000 } })
  const first = await store.reads.serve('now', {}, { encoding: 'gzip' })
  const [second, third] = await Promise.all([
    store.reads.serve('now', { pixels: ['px'] }, { encoding: 'br' }),
    store.reads.serve('now', { pixels: ['px'] }, { encoding: 'br' }),
  ])
  assert.equal(JSON.parse(gunzipSync(first.body).toString()).counts.accepted, 0)
  assert.equal(second.body, third.body)
})

it('the integrity check finds a number of the roll-up that is not what is there', async (context) => {
  const { store, database } = await makeStore(context)
  await store.accept(newEvents(['a', 'b'], { amount: 5, currency: 'EUR' }), NOW)
  assert.deepEqual(await store.check(), [])
  while (await store.keepNumbers(NOW + MINUTE));
  assert.deepEqual(await store.check(), [])
  const behind = new pg.Client(database.url)
  await behind.connect()
  await behind.query('update waybill_store.known set ends = ends + 1, flow = flow + 2 where kind = 6')
  await behind.end()
  const lines = await store.check()
  assert.ok(
    lines.some((line) => /the roll-up has 3 events \(10\), 2 \(10\) were found/.test(line)),
    lines.join('\n'),
  )
  assert.ok(
    lines.some((line) => /4 accounts opened, of which 3 are explained/.test(line)),
    lines.join('\n'),
  )
})

it('a list by ids is summed up by the database, as it would be by being listed', async (context) => {
  const { store } = await makeStore(context, { readLimits: { answerMs: 60_000 } })
  const ids = (from: number, count: number): string[] => Array.from({ length: count }, (_, at) => `order_${from + at}`)
  await store.accept(newEvents(ids(100, 7), { amount: 100, currency: 'EUR', source: 'shop' }), NOW)
  await store.accept(newEvents(ids(200, 5), { amount: 10, currency: 'USD' }), NOW + 2 * MINUTE)
  await store.accept(newEvents(['other_1']), NOW)
  const ask = (more: object): Promise<unknown> =>
    store.reads.ask('events', { limit: 2, idPrefix: 'order_', ...more }).then(({ total }) => total)
  const eur = { events: 7, money: { EUR: 700 }, isExact: true }
  assert.deepEqual(await ask({}), { events: 12, money: { EUR: 700, USD: 50 }, isExact: true })
  for (const narrower of [{ source: 'shop' }, { idPrefix: 'order_1' }, { untilMs: NOW + 1 }])
    assert.deepEqual(await ask(narrower), eur)
  assert.deepEqual(await ask({ state: 'queued', source: 'shop' }), eur)
  assert.deepEqual(await ask({ pixels: [] }), { events: 0, money: {}, isExact: true })
})

it('where the numbers know of no delivery with a mark, none is looked at', async (context) => {
  const { store: opened } = await makeStore(context, { readLimits: { answerMs: 60_000 } })
  const store = claimingStore(opened)
  await store.accept(newEvents(['a', 'b']), NOW)
  const deliver = async (code: string | undefined): Promise<void> => {
    const lease = await leaseAll(store, { limit: 1 })
    const settlement = {
      to: 'delivered',
      rows: rowsOf(lease),
      ...(code !== undefined && { code, message: 'm' }),
    } as const
    await store.settle({ token: lease.token, settlements: [settlement], nowMs: NOW })
  }
  await deliver(undefined)
  await deliver('count_mismatch')
  const asked = context.mock.method(pg.Client.prototype, 'query')
  const find = async (code: string): Promise<[ids: unknown[], looks: number]> => {
    asked.mock.resetCalls()
    const { events } = await store.reads.ask('events', { limit: 10, state: 'delivered', code })
    const looks = asked.mock.calls.filter(({ arguments: [sql] }) =>
      String(sql).includes('waybill_store.delivery as inside'),
    )
    return [events.map(({ id }) => id), looks.length]
  }
  assert.deepEqual(await find('never_said'), [[], 0])
  const [ids, looks] = await find('count_mismatch')
  assert.deepEqual(ids, ['b'])
  assert.ok(looks > 0)
})

it('what is rare is found behind thousands of others, where the numbers say that it is', async (context) => {
  const { store } = await makeStore(context, { readLimits: { answerMs: 60_000 } })
  const others = (from: number): NewEvent[] => newEvents(Array.from({ length: 1_000 }, (_, at) => `other_${from + at}`))
  for (const [at, ids] of [['rare_1'], ['rare_2']].entries()) {
    await store.accept(newEvents(ids, { source: 'rare' }), NOW - (20 - at) * MINUTE)
    for (let from = 0; from < 3_000; from += 1_000)
      await store.accept(others(at * 3_000 + from), NOW - (10 - 9 * at) * MINUTE)
  }
  while (await store.keepNumbers(NOW));
  const { events } = await store.reads.ask('events', { limit: 10, source: 'rare' })
  assert.deepEqual(
    events.map(({ id }) => id),
    ['rare_2', 'rare_1'],
  )
})

it('groups of faults say when each was there first and last, with the latest of each', async (context) => {
  const { store } = await makeStore(context, { readLimits: { answerMs: 60_000 } })
  const minute = Math.floor(NOW / MINUTE) * MINUTE
  for (const [at, id] of ['a', 'b', 'c', 'd'].entries())
    await store.accept([refusedEvent(id)], minute + at * 10 * MINUTE)
  await store.accept([refusedEvent('e', { pixel: 'px_2' })], minute + 5 * MINUTE)
  const other = { issues: [{ ...REFUSAL, code: 'another_reason' }] }
  for (const id of ['f', 'g']) await store.accept([refusedEvent(id, other)], minute + 35 * MINUTE)
  const { groups } = await store.reads.ask('faults', {})
  assert.deepEqual(
    groups.map(({ pixel, events, firstMs, lastMs, samples }) => [
      pixel,
      events,
      firstMs,
      lastMs,
      samples.map(({ id }) => id),
    ]),
    [
      ['px_1', 4, minute, minute + 31 * MINUTE - 1, ['d', 'c', 'b']],
      ['px_1', 2, minute + 35 * MINUTE, minute + 36 * MINUTE - 1, ['g', 'f']],
      ['px_2', 1, minute + 5 * MINUTE, minute + 6 * MINUTE - 1, ['e']],
    ],
  )
})
