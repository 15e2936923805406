import assert from 'node:assert/strict'
import { it } from 'node:test'
import { leaseAll, NOW, newEvents, requestOf, rowsOf } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import { type Store, StoreFullError } from '../index.ts'
import { readValue } from './database.ts'
import { faultyDatabase } from './faulty-database.ts'
import { openSqliteStore } from './index.ts'

const WIRE = { wire: 'x'.repeat(500) }

function batch(number: number): string[] {
  return Array.from({ length: 50 }, (_, index) => `b${number}_${index}`)
}

/** Accepts until there is no room; gives the number of batches that were acknowledged. */
async function fill(store: Store): Promise<number> {
  for (let number = 0; number < 1_000; number++) {
    try {
      await store.accept(newEvents(batch(number), WIRE), NOW)
    } catch (error) {
      assert.ok(error instanceof StoreFullError, String(error))
      return number
    }
  }
  throw new Error('The store never became full.')
}

/**
 * - a file that may not grow beyond some pages is filled until intake is refused
 * - what was acknowledged is all there, of the refused batch nothing
 * - deliveries go on, and make room
 * - with more pages intake goes on, in the same process
 */
it('a full store refuses intake, goes on delivering, and recovers without being opened again', async () => {
  const { path, remove } = tempFile()
  const faulty = faultyDatabase()
  const store = await openSqliteStore({ path, connect: faulty.connect })
  const pages = Number(readValue(faulty.database(), 'PRAGMA page_count'))
  faulty.database().exec(`PRAGMA max_page_count = ${pages + 100}`)

  const acknowledged = await fill(store)
  assert.ok(acknowledged > 2)
  assert.equal((await store.counts()).queued, acknowledged * 50)
  assert.deepEqual(await store.show(`b${acknowledged}_0`), [])
  assert.deepEqual(await store.check(), [])

  const lease = await leaseAll(store, { limit: 100 })
  const settlements = [{ to: 'delivered', rows: rowsOf(lease) } as const]
  const request = requestOf(rowsOf(lease))
  assert.equal(await store.settle({ token: lease.token, settlements, request, nowMs: NOW }), 100)
  assert.equal(
    (await store.accept(newEvents(batch(2_000), WIRE), NOW)).length,
    50,
    'the room of delivered bodies is used',
  )

  faulty.database().exec(`PRAGMA max_page_count = ${pages + 10_000}`)
  await store.accept(newEvents(batch(acknowledged), WIRE), NOW)
  assert.equal((await store.counts()).accepted, (acknowledged + 2) * 50)
  assert.deepEqual(await store.check(), [])
  await store.close()
  remove()
})

it('the space of delivered bodies is used again', async () => {
  const { path, remove } = tempFile()
  const faulty = faultyDatabase()
  const store = await openSqliteStore({ path, connect: faulty.connect })
  const sizes: number[] = []
  for (let round = 0; round < 20; round++) {
    await store.accept(newEvents(batch(round), { wire: 'x'.repeat(2_000) }), NOW)
    const lease = await leaseAll(store)
    await store.settle({ token: lease.token, settlements: [{ to: 'delivered', rows: rowsOf(lease) }], nowMs: NOW })
    sizes.push(Number(readValue(faulty.database(), 'PRAGMA page_count')))
  }
  const grown = ((sizes.at(-1) ?? 0) - (sizes[1] ?? 0)) * 4_096
  // What stays of an event is its account: key, digest, times and state.
  assert.ok(grown < 18 * 50 * 400, `${grown} bytes for 900 delivered events`)
  await store.close()
  remove()
})
