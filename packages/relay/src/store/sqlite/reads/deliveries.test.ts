import assert from 'node:assert/strict'
import { it } from 'node:test'
import { leaseAll, MINUTE, NOW, newEvents, requestOf, rowsOf } from '../../conformance/harness.ts'
import { tempFile } from '../../conformance/temp-file.ts'
import type { Store } from '../../index.ts'
import { connect, type Row } from '../database.ts'
import { openSqliteStore } from '../index.ts'
import { encodeRows } from '../row-set.ts'
import { deliveryStatements } from '../sql/delivery.ts'

const COUNT = 900

function open(path: string): Promise<Store> {
  return openSqliteStore({ path, readsIn: 'here' })
}

/** Some of one moment, more than a block has, and some of another. */
async function live(store: Store): Promise<void> {
  for (const [prefix, count, nowMs] of [
    ['a', COUNT, NOW],
    ['b', 3, NOW + MINUTE],
  ] as const) {
    await store.accept(newEvents(Array.from({ length: count }, (_, at) => `${prefix}${at}`)), nowMs)
    const lease = await leaseAll(store, { nowMs, limit: 1_000 })
    const rows = rowsOf(lease)
    await store.settle({
      token: lease.token,
      settlements: [{ to: 'delivered', rows }],
      nowMs,
      request: requestOf(rows),
    })
    await store.release(lease.token)
  }
}

async function idsOf(store: Store): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await store.reads.ask('events', { state: 'delivered', limit: 200, ...(cursor && { cursor }) })
    ids.push(...page.events.map(({ id }) => String(id)))
    cursor = page.cursor
    if (cursor === undefined) return ids
  }
}

it('what an older version kept of deliveries is listed at once, and is taken over in steps', async () => {
  const { path, remove } = tempFile()
  const made = await open(path)
  await live(made)
  const expected = await idsOf(made)
  assert.equal(new Set(expected).size, COUNT + 3)
  assert.deepEqual(expected.slice(0, 4), ['b2', 'b1', 'b0', `a${COUNT - 1}`])
  await made.close()
  const file = connect(path)
  file.exec(
    `INSERT INTO delivery (pixel, ended_ms, rows) SELECT pixel, ended_ms, rows FROM delivered; DELETE FROM delivered`,
  )
  file.close()

  const store = await open(path)
  assert.deepEqual(await idsOf(store), expected)
  while (await store.keepNumbers(NOW + MINUTE));
  assert.deepEqual(await idsOf(store), expected)
  await store.close()
  const after = connect(path)
  const { old, blocks } = after
    .prepare('SELECT (SELECT count(*) FROM delivery) AS old, (SELECT count(*) FROM delivered) AS blocks')
    .get() as Row
  // Of 900 rows three blocks, each short enough to lie in the tree.
  assert.deepEqual([old, blocks], [0, 4])
  after.close()
  remove()
})

it('what was delivered twice in one millisecond is in one block, and what is old is forgotten of each pixel', async () => {
  const { path, remove } = tempFile()
  await (await open(path)).close()
  const database = connect(path)
  const { insert, prune } = deliveryStatements(database)
  for (const [pixel, endedMs] of [
    [1, 10],
    [1, 30],
    [2, 10],
    [2, 20],
  ] as const)
    insert(pixel, endedMs, [4, 5])
  insert(1, 30, [4, 9])
  const rows = (): Row[] => database.prepare('SELECT pixel, ended_ms, rows FROM delivered').all() as Row[]
  assert.deepEqual(
    rows().find(({ pixel, ended_ms }) => pixel === 1 && ended_ms === 30)?.['rows'],
    encodeRows([4, 5, 9]),
  )
  assert.equal(prune(20, 1), 1)
  assert.equal(prune(20, 10), 1)
  assert.deepEqual(
    rows().map(({ pixel, ended_ms }) => [pixel, ended_ms]),
    [
      [1, 30],
      [2, 20],
    ],
  )
  database.close()
  remove()
})
