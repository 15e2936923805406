import assert from 'node:assert/strict'
import { it } from 'node:test'
import { NOW, newEvent } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import { faultyDatabase } from './faulty-database.ts'
import type { Operation } from './group-commit.ts'
import { openSqliteStore } from './index.ts'
import { type Join, runOperations } from './join.ts'

function operation(name: string, items: readonly number[], key: string | undefined, ran: string[]): Operation<unknown> {
  const run = (all: readonly unknown[]): unknown[] => {
    ran.push(`${name}: ${all.join()}`)
    return all.map((item) => Number(item) * 10)
  }
  const join: Join | undefined = key === undefined ? undefined : { key, items, runAll: run }
  return { run: () => run(items), rows: items.length, bytes: 0, grows: true, ...(join && { join }) }
}

it('neighbours with the same key run as one, others by themselves and in their order, and each gets its own results', () => {
  const ran: string[] = []
  const results = runOperations([
    operation('a', [1], 'x', ran),
    operation('b', [2, 3], 'x', ran),
    operation('c', [4], undefined, ran),
    operation('d', [5], 'x', ran),
    operation('e', [6], 'y', ran),
    operation('f', [], 'y', ran),
    operation('g', [7], 'y', ran),
  ])
  assert.deepEqual(ran, ['a: 1,2,3', 'c: 4', 'd: 5', 'e: 6,7'])
  assert.deepEqual(results, [[10], [20, 30], [40], [50], [60], [], [70]])
  assert.deepEqual(runOperations([]), [])
})

/**
 * - a hundred clients bring one event each at the same moment, and then the same again
 * - the events go into the file with a few statements, each client is told of its own
 */
it('many clients that bring one event each cost few statements', async () => {
  const { path, remove } = tempFile()
  const faulty = faultyDatabase()
  const store = await openSqliteStore({ path, connect: faulty.connect })
  let inserts = 0
  faulty.sabotage = (sql) => {
    if (sql.includes('INSERT INTO event')) inserts++
  }
  const ids = Array.from({ length: 100 }, (_, index) => `e${index}`)
  const bring = () => Promise.all(ids.map((id) => store.accept([newEvent(id)], NOW)))
  const first = (await bring()).flat()
  assert.ok(inserts <= 12, `${inserts} statements`)
  assert.deepEqual(
    first.map(({ status }) => status),
    ids.map(() => 'accepted'),
  )
  const again = (await bring()).flat()
  for (const [index, { status, row }] of again.entries()) {
    assert.equal(status, 'duplicate')
    assert.equal(row, first[index]?.row)
    assert.equal((await store.showRow(row))?.id, ids[index])
  }
  await store.close()
  remove()
})
