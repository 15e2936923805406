import assert from 'node:assert/strict'
import { after, describe, it, type TestContext } from 'node:test'
import type pg from 'pg'
import { stopPostgres } from '../../postgres-server.helpers.ts'
import {
  DAY,
  endAs,
  leaseAll,
  MINUTE,
  NOW,
  newEvent,
  newEvents,
  PIXEL,
  requestOf,
  rowsOf,
} from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import { contextKey } from '../index.ts'
import { openPostgresStore } from '../postgres/index.ts'
import { makeStoreDatabase } from '../postgres/postgres-store.helpers.ts'
import { openSqliteStore } from '../sqlite/index.ts'
import { lifeOnFile } from '../sqlite/life-on-file.helpers.ts'
import type { Store } from '../store.ts'
import { moveStore, undoMove } from './index.ts'

after(stopPostgres)

interface Sides {
  readonly path: string
  readonly url: string
  /** The store on PostgreSQL, closed with the test. */
  open(): Promise<Store>
  /** Closes what is open of it, in order. */
  close(): Promise<void>
  connect(): Promise<pg.Client>
}

async function sides(context: TestContext): Promise<Sides> {
  const { path, remove } = tempFile()
  const database = await makeStoreDatabase()
  const stores: Store[] = []
  const close = async (): Promise<void> => {
    for (const store of stores.splice(0)) {
      await store.claims!.leave().catch(() => {})
      await store.close()
    }
  }
  context.after(async () => {
    await close()
    await database.drop()
    remove()
  })
  const open = async (): Promise<Store> => {
    const store = await openPostgresStore({ url: database.url })
    stores.push(store)
    await store.claims!.renew({ name: 'test', forMs: 60_000 })
    await store.claims!.claim([PIXEL])
    return store
  }
  return { path, url: database.url, open, close, connect: database.connect }
}

/** What both sides must say alike, whatever is in them. */
async function saidBy(store: Store): Promise<unknown> {
  const { items } = await store.search({ limit: 10_000 })
  return {
    counts: await store.counts(),
    accounts: await Promise.all(items.map(({ row }) => store.showRow(row))),
    suspects: (await store.search({ suspect: true, limit: 10_000 })).items,
    holds: (await store.holds()).toSorted((a, b) => `${a.pixel} ${a.shape}`.localeCompare(`${b.pixel} ${b.shape}`)),
    actions: (await store.listActions({ limit: 10_000 })).items,
    groups: await store.refusedGroups(),
  }
}

/** By time. */
async function numbersOf(store: Store): Promise<unknown> {
  const range = { fromMs: NOW - DAY, untilMs: NOW + DAY }
  const { groups, total } = await store.reads.ask('groups', {
    ...range,
    count: { flow: 'delivered' },
    by: ['pixel', 'shape'],
  })
  const { accepted, delivered } = await store.reads.ask('latency', range)
  return { groups, total, accepted, delivered }
}

async function fill(path: string, events: number): Promise<void> {
  const store = await openSqliteStore({ path })
  const ids = Array.from({ length: events }, (_, at) => `event_${at}`)
  await store.accept(newEvents(ids), NOW)
  const { token, events: leased } = await leaseAll(store, { limit: 500 })
  const rows = leased.map(({ row }) => row)
  await store.settle({ token, settlements: [{ to: 'delivered', rows }], request: requestOf(rows), nowMs: NOW + 5 })
  await store.close()
}

describe('a move from SQLite to PostgreSQL', () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`brings all of a random life along (${seed})`, async (context) => {
      const { path, url, open } = await sides(context)
      const { model, nowMs } = await lifeOnFile(path, { seed, steps: 120 })
      await moveStore({ path, url, nowMs })
      const store = await open()
      assert.deepEqual(await saidBy(store), await saidBy(model))
      assert.deepEqual(await store.check(), [])
    })
  }

  it('goes on delivering, knows repeats, and gives new events numbers behind the old ones', async (context) => {
    const { path, url, open } = await sides(context)
    await fill(path, 700)
    await moveStore({ path, url, nowMs: NOW + 10 })
    const store = await open()
    const again = await store.accept([newEvent('event_1'), newEvent('new')], NOW + 20)
    assert.deepEqual(
      again.map(({ status }) => status),
      ['duplicate', 'accepted'],
    )
    assert.ok(again[1]!.row > 700)
    const lease = await leaseAll(store, { nowMs: NOW + 20, limit: 1_000 })
    assert.equal(lease.events.length, 201)
    assert.match(lease.events[0]!.wire, /event_500/)
    await store.settle({ token: lease.token, settlements: [{ to: 'delivered', rows: rowsOf(lease) }], nowMs: NOW + 30 })
    assert.equal((await store.counts()).delivered, 701)
    assert.deepEqual(await store.check(), [])
  })

  it('brings numbers by time along, though the file has them packed', async (context) => {
    const { path, url, open } = await sides(context)
    await fill(path, 700)
    const nowMs = NOW + 3 * DAY
    const file = await openSqliteStore({ path })
    while (await file.keepNumbers(nowMs));
    const expected = await numbersOf(file)
    await file.close()
    await moveStore({ path, url, nowMs })
    assert.deepEqual(await numbersOf(await open()), expected)
  })

  it('brings contexts, log-ins, settings and tasks along, and a fix can still be taken back', async (context) => {
    const { path, url, open } = await sides(context)
    const by = { by: 'ann', nowMs: NOW }
    const file = await openSqliteStore({ path })
    await endAs(file, 'refused', ['a', 'b'])
    const task = await file.startTask({
      work: { kind: 'fix', changes: [] },
      selection: { state: 'refused' },
      ratePerSecond: 10,
      ...by,
    })
    const { events } = await file.taskEvents(task.id, 1)
    const { wire, shape, timestampMs, issues } = newEvent('a', { content: 'fixed' })
    const edits = events.map(({ row }) => ({ row, wire, shape, timestampMs, issues }))
    const stepped = await file.stepTask({ task: task.id, edits, passed: 0, lastRow: events[0]!.row, ...by })
    const key = contextKey('order', 'k')
    await file.putContext(PIXEL, key, '{"oppref":"x"}', NOW)
    const session = {
      digest: 'd',
      kind: 'link',
      who: 'ann',
      role: 'reader',
      pixels: [PIXEL],
      createdMs: NOW,
      endsMs: NOW + 1_000,
    } as const
    await file.putSession(session)
    await file.setMeta('endpoint', 'https://api.example.com')
    await file.close()
    await moveStore({ path, url, nowMs: NOW })

    const store = await open()
    assert.deepEqual(await store.runningTasks(), [stepped])
    assert.equal((await store.getContexts(PIXEL, [key])).get(key), '{"oppref":"x"}')
    assert.deepEqual(await store.getSession('d', NOW), session)
    assert.equal(await store.getMeta('endpoint'), 'https://api.example.com')
    const rest = await store.taskEvents(task.id, 10)
    assert.deepEqual([rest.events.map(({ id }) => id), rest.isThrough], [['b'], true])
    await store.endTask(task.id, { state: 'cancelled', ...by })
    const back = await store.startTask({
      work: { kind: 'take_back', task: task.id },
      selection: { state: 'refused' },
      ratePerSecond: 10,
      ...by,
    })
    const { events: fixed, lastRow } = await store.taskEvents(back.id, 10)
    await store.stepTask({ task: back.id, rows: fixed.map(({ row }) => row), passed: 0, lastRow, ...by })
    const account = await store.showRow(events[0]!.row)
    assert.deepEqual([account?.state, account?.code], ['refused', 'invalid_event'])
    assert.equal(JSON.parse(account?.wire ?? '{}').content, 'one')
    assert.deepEqual(await store.check(), [])
  })

  it('goes on where it was stopped, and serves nobody until it is whole', async (context) => {
    const { path, url, open } = await sides(context)
    await fill(path, 5_000)
    const stop = new AbortController()
    const seen: string[] = []
    const stopped = moveStore({
      path,
      url,
      nowMs: NOW,
      signal: stop.signal,
      onProgress: (table, done, of) => {
        seen.push(`${table} ${done}/${of}`)
        if (table === 'event') stop.abort()
      },
    })
    await assert.rejects(stopped, { name: 'AbortError' })
    assert.ok(seen.includes('event 2000/5000'))
    await assert.rejects(open(), /A file is being moved into this database/)
    const moved = await moveStore({ path, url, nowMs: NOW })
    assert.equal(moved.rows['event'], 5_000)
    assert.equal(moved.counts.accepted, 5_000)
    assert.equal((await (await open()).counts()).delivered, 500)
  })

  for (const table of ['event', 'rollup', 'sample'])
    it(`goes on days after it was stopped in the midst of ${table}, though numbers of such an age are packed by then`, async (context) => {
      const { path, url, open } = await sides(context)
      await fill(path, 2_500)
      const file = await openSqliteStore({ path })
      while (await file.keepNumbers(NOW + MINUTE));
      await file.close()
      await stopAt(table, { path, url })
      await moveStore({ path, url, nowMs: NOW + 3 * DAY })
      assert.equal((await (await open()).counts()).accepted, 2_500)
    })

  it('goes on when it was cut off after the file was marked and before the database was', async (context) => {
    const { path, url, open, connect } = await sides(context)
    await fill(path, 600)
    const client = await connect()
    await client.query(`
      create function public.cut_off() returns trigger language plpgsql as $$ begin raise exception 'cut off'; end $$;
      create trigger cut_off before delete on waybill_store.meta for each statement execute function public.cut_off()`)
    await assert.rejects(moveStore({ path, url, nowMs: NOW }), /cut off/)
    await assert.rejects(openSqliteStore({ path }), /was moved to/)
    await assert.rejects(open(), /is being moved/)
    await client.query('drop trigger cut_off on waybill_store.meta')
    await moveStore({ path, url, nowMs: NOW + DAY })
    assert.equal((await (await open()).counts()).accepted, 600)
  })

  /** What was copied is old by then, and counts need not tell. */
  it('is not gone on with once a relay has served the file in between', async (context) => {
    const { path, url } = await sides(context)
    await fill(path, 600)
    await stopAt('request', { path, url })
    const file = await openSqliteStore({ path })
    await file.putContext(PIXEL, contextKey('order', 'k'), '{"oppref":"x"}', NOW)
    await file.close()
    await assert.rejects(moveStore({ path, url, nowMs: NOW }), /or of this one before it was served again\.$/)
  })

  it('leaves a file that opens no more, and names where its events are', async (context) => {
    const { path, url } = await sides(context)
    await fill(path, 600)
    await moveStore({ path, url, nowMs: NOW })
    await assert.rejects(openSqliteStore({ path }), (error: Error & { hint?: string }) => {
      assert.match(error.message, /was moved to postgres:\/\/postgres@127\.0\.0\.1:\d+\//)
      assert.match(error.hint ?? '', /--undo-move/)
      return !error.message.includes(new URL(url).password === '' ? '\u0000' : `:${new URL(url).password}@`)
    })
  })

  it('is taken back while nothing was done in the database, which then serves nobody', async (context) => {
    const { path, url, open } = await sides(context)
    await fill(path, 600)
    await assert.rejects(undoMove({ path, url }), /was not moved/)
    await moveStore({ path, url, nowMs: NOW })
    await undoMove({ path, url })
    await (await openSqliteStore({ path })).close()
    await assert.rejects(undoMove({ path, url }), /was not moved/)
    await assert.rejects(open(), /its move was taken back/)
    await assert.rejects(moveStore({ path, url, nowMs: NOW }), /part of another file/)
  })

  it('is taken back by force alone once the database has gone on', async (context) => {
    const { path, url, open, close } = await sides(context)
    await fill(path, 600)
    await moveStore({ path, url, nowMs: NOW })
    await (await open()).accept([newEvent('later')], NOW)
    await assert.rejects(undoMove({ path, url }), /^StoreUnusableError: Relays run on .*: test \(Waybill/)
    await close()
    await assert.rejects(undoMove({ path, url }), /has gone on since: it has 601 events, .* the file 600/)
    await undoMove({ path, url, force: true })
    await (await openSqliteStore({ path })).close()
  })

  it('is refused where a relay has the file, and where one runs or ran on the database', async (context) => {
    const { path, url, open, close } = await sides(context)
    await fill(path, 600)
    const serving = await openSqliteStore({ path })
    await assert.rejects(moveStore({ path, url, nowMs: NOW }), { code: 'store_in_use' })
    await serving.close()
    const move = (): Promise<unknown> => moveStore({ path, url, nowMs: NOW })
    await open()
    await assert.rejects(move, /Relays run on .*: test \(Waybill/)
    await close()
    await assert.rejects(move, /was served by a relay/)
    await (await open()).accept([newEvent('own', { pixel: PIXEL })], NOW)
    await close()
    await assert.rejects(move, /has events of its own/)
    await (await open()).close()
  })
})

/** Moves until something of a table was told, and no further. */
async function stopAt(table: string, { path, url }: Pick<Sides, 'path' | 'url'>): Promise<void> {
  const stop = new AbortController()
  const onProgress = (told: string): void => {
    if (told === table) stop.abort()
  }
  await assert.rejects(moveStore({ path, url, nowMs: NOW + MINUTE, signal: stop.signal, onProgress }), {
    name: 'AbortError',
  })
}
