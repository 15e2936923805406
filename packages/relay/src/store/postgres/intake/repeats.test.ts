import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { stopPostgres } from '../../../postgres-server.helpers.ts'
import { NOW, newEvents } from '../../conformance/harness.ts'
import { openCore, storeOf } from '../open-postgres-store.ts'
import { makeStoreDatabase } from '../postgres-store.helpers.ts'
import { TRUSTED_AFTER_EVENTS } from './repeats.ts'

after(stopPostgres)

/** - 10,000 events come of which none was there: what comes next is not looked for
 *  - one of the next was there: it is a duplicate, its neighbour is kept, once, and both are looked for from here on
 *  - one call brings a key twice: it is looked for as well */
test('where repeats are rare nobody looks for them, and one that comes is told all the same', async (context) => {
  const { url, drop } = await makeStoreDatabase()
  const options = { url, timeoutMs: 60_000 }
  const core = await openCore(options)
  const store = storeOf(core, options)
  context.after(async () => {
    await store.close()
    await drop()
  })
  let looks = 0
  const read = core.database.read.bind(core.database)
  core.database.read = (sql: string, values: readonly unknown[] = []) => {
    if (sql.includes('a.id = place.id')) looks++
    return read(sql, values) as never
  }
  const bring = async (ids: readonly string[]): Promise<readonly [string, number][]> => {
    looks = 0
    const accepted = await store.accept(newEvents(ids), NOW)
    return accepted.map(({ status, row }) => [status, row])
  }
  const many = Array.from({ length: TRUSTED_AFTER_EVENTS / 2 }, (_, at) => `many_${at}`)
  for (const half of ['a', 'b']) {
    await bring(many.map((id) => id + half))
    assert.equal(looks, 1)
  }
  const [[status, row]] = (await bring(['first'])) as [[string, number]]
  assert.deepEqual([status, looks], ['accepted', 0])
  const [again, neighbour] = await bring(['first', 'neighbour'])
  assert.deepEqual([again, neighbour![0], looks], [['duplicate', row], 'accepted', 1])
  assert.deepEqual([(await bring(['neighbour']))[0], looks], [['duplicate', neighbour![1]], 1])
  for (const half of ['c', 'd']) await bring(many.map((id) => id + half))
  assert.deepEqual([(await bring(['twice', 'twice'])).map(([said]) => said), looks], [['accepted', 'duplicate'], 1])
  assert.equal((await store.counts()).accepted, 2 * TRUSTED_AFTER_EVENTS + 3)
  assert.deepEqual(await store.check(), [])
})
