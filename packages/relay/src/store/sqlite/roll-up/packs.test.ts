import assert from 'node:assert/strict'
import { it } from 'node:test'
import {
  DAY,
  leaseAll,
  MINUTE,
  NOW,
  newEvent,
  PIXEL,
  refusedEvent,
  requestOf,
  rowsOf,
} from '../../conformance/harness.ts'
import { tempFile } from '../../conformance/temp-file.ts'
import type { Asks, QuestionName, Store } from '../../index.ts'
import { connectToRead, type Row } from '../database.ts'
import { openSqliteStore } from '../index.ts'

const RANGE = { fromMs: NOW - DAY, untilMs: NOW + DAY }
const QUARTER_MS = 15 * MINUTE

/** Accounts of two pixels that came over some quarters of an hour: delivered, refused, and waiting. */
async function live(store: Store): Promise<void> {
  for (let at = 0; at < 6; at++) {
    const nowMs = NOW + at * QUARTER_MS
    const money = { amount: 100 + at, currency: at % 2 === 0 ? 'EUR' : 'USD' }
    await store.accept(
      ['a', 'b', 'c'].map((id) => newEvent(`${id}${at}`, { ...money, source: `s${at % 3}` })),
      nowMs,
    )
    await store.accept([newEvent(`p${at}`, { ...money, pixel: 'px_2' })], nowMs)
    const lease = await leaseAll(store, { nowMs, limit: 2 })
    const [one = 0, other = 0] = rowsOf(lease)
    const settlements = [
      { to: 'delivered', rows: [one] },
      { to: 'refused', rows: [other], code: `bad_${at % 2}`, message: 'bad' },
    ] as const
    await store.settle({ token: lease.token, settlements, nowMs: nowMs + 1_000, request: requestOf([one, other]) })
    await store.release(lease.token)
  }
}

async function keep(store: Store, nowMs: number): Promise<void> {
  while (await store.keepNumbers(nowMs));
}

/** Every way in which numbers of a time are read. */
async function readAll(store: Store): Promise<unknown> {
  const read = async <Name extends QuestionName>(name: Name, asks: Asks<Name>): Promise<unknown> => ({
    ...(await store.reads.ask(name, asks)),
    commit: 0,
  })
  return [
    await read('groups', { ...RANGE, count: { flow: 'accepted' }, by: ['pixel', 'source', 'shape', 'name'] }),
    await read('groups', { ...RANGE, count: { ends: 'refused' }, by: ['code'] }),
    await read('groups', { ...RANGE, count: { flow: 'accepted' }, by: ['source'] }),
    await read('series', { ...RANGE, step: 'hour', kinds: ['accepted', 'delivered', 'refused'], by: 'code' }),
    await read('series', { ...RANGE, step: 'day', kinds: ['delivered'], by: 'source', pixels: [PIXEL] }),
    await read('signal', { ...RANGE, kind: 'accepted' }),
    await read('latency', RANGE),
    await read('latency', { ...RANGE, pixels: [PIXEL] }),
    await read('events', { ...RANGE, state: 'refused', limit: 3, code: 'bad_1' }),
    await read('events', { limit: 5, source: 's2', pixels: [PIXEL] }),
    await read('flows', { ...RANGE, pixels: ['px_2'] }),
  ]
}

/** Rows and packs of what is over. */
function stored(path: string): Record<string, number> {
  const file = connectToRead(path)
  const count = (sql: string): number => Number((file.prepare(sql).get() as Row)['n'])
  const found = {
    rows: count('SELECT (SELECT count(*) FROM rollup WHERE grain > 0) + (SELECT count(*) FROM latency) AS n'),
    packs: count('SELECT (SELECT count(*) FROM rollup_pack) + (SELECT count(*) FROM latency_pack) AS n'),
  }
  file.close()
  return found
}

function open(path: string, packs: boolean = true): Promise<Store> {
  return openSqliteStore({ path, packs, readsIn: 'here' })
}

async function onFile(test: (path: string) => Promise<void>): Promise<void> {
  const { path, remove } = tempFile()
  await test(path)
  remove()
}

it('what is over lies in packs, and every number is what it is in rows', async () => {
  for (const days of [0.2, 1.5, 4, 50])
    await onFile(async (path) => {
      const answers: unknown[] = []
      for (const packs of [true, false]) {
        const store = await open(`${path}${packs}`, packs)
        await live(store)
        await keep(store, NOW + days * DAY)
        answers.push(await readAll(store))
        assert.deepEqual(await store.check(), [])
        await store.close()
      }
      assert.deepEqual(answers[0], answers[1], `after ${days} days`)
      const [inPacks, inRows] = [stored(`${path}true`), stored(`${path}false`)]
      assert.deepEqual([inPacks['rows'], inRows['packs']], [0, 0])
      assert.ok(inPacks['packs']! > 0 && inRows['rows']! > 0, `after ${days} days`)
    })
})

it('rows of an older version are packed when numbers are kept, and packs become rows again for who copies them', () =>
  onFile(async (path) => {
    const older = await open(path, false)
    await live(older)
    await keep(older, NOW + 3 * DAY)
    const before = await readAll(older)
    await older.close()
    for (const packs of [true, false, true]) {
      const store = await open(path, packs)
      await keep(store, NOW + 3 * DAY)
      assert.deepEqual(await readAll(store), before, `packs: ${packs}`)
      assert.deepEqual(await store.check(), [])
      assert.equal(stored(path)[packs ? 'rows' : 'packs'], 0)
      await store.close()
    }
  }))

it('more rows of one time than a call packs are packed in steps, whatever the numbers of their texts', () =>
  onFile(async (path) => {
    const older = await open(path, false)
    // 2,600 keys of one quarter of an hour; a minute has room for 2,000.
    for (const at of [0, 1]) {
      const sources = Array.from({ length: 1_300 }, (_, source) =>
        newEvent(`${at} ${source}`, { source: `s${at} ${source}` }),
      )
      await older.accept(sources, NOW + at * MINUTE)
    }
    await keep(older, NOW + DAY / 10)
    const before = await readAll(older)
    await older.close()
    const { rows } = stored(path)
    assert.ok(rows! > 2_600, `${rows} rows`)
    const store = await open(path)
    assert.equal(await store.keepNumbers(NOW + DAY / 10), true)
    const left = stored(path)['rows']!
    assert.ok(left > 0 && left < rows!, `${left} of ${rows} rows are left`)
    assert.deepEqual(await readAll(store), before, 'half-way')
    await keep(store, NOW + DAY / 10)
    assert.equal(stored(path)['rows'], 0)
    assert.deepEqual(await readAll(store), before)
    assert.deepEqual(await store.check(), [])
    await store.close()
  }))

it('a change of what was packed long ago counts under its own key, at once and packed itself', () =>
  onFile(async (path) => {
    for (const days of [0.1, 3, 50]) {
      let store = await open(`${path}${days}`)
      await store.accept([refusedEvent('r1'), refusedEvent('r2')], NOW)
      await store.accept([newEvent('a', { amount: 700, currency: 'EUR' })], NOW)
      const lease = await leaseAll(store)
      const about = { code: 'bad', message: 'bad' }
      const settlements = [{ to: 'refused', rows: rowsOf(lease), ...about }] as const
      await store.settle({ token: lease.token, settlements, nowMs: NOW, request: requestOf(rowsOf(lease)) })
      const laterMs = NOW + days * DAY
      await keep(store, laterMs)
      // Opened anew, it has no key in memory.
      await store.close()
      store = await open(`${path}${days}`)
      await store.replay({ rows: rowsOf(lease) }, { by: 'ann', nowMs: laterMs })
      const refused = async (): Promise<unknown> => {
        const { groups, count } = await store.reads.ask('groups', {
          ...RANGE,
          count: { ends: 'refused' },
          by: ['code'],
        })
        return [count, groups.map(({ events }) => events)]
      }
      assert.deepEqual(await refused(), [1, [2]], `after ${days} days, beside the packs`)
      await keep(store, laterMs + QUARTER_MS)
      assert.deepEqual(await refused(), [1, [2]], `after ${days} days, in the packs`)
      assert.deepEqual(await store.check(), [])
      await store.close()
    }
  }))
