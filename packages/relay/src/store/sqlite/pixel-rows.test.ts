import assert from 'node:assert/strict'
import { it } from 'node:test'
import { DAY, NOW, newEvents, PIXEL } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import type { ListedEvent, Store } from '../index.ts'
import { connect, type Row, readValue } from './database.ts'
import { faultyDatabase, sqliteError } from './faulty-database.ts'
import { openSqliteStore } from './index.ts'
import { BLOCK_ROWS } from './sql/pixel-rows.ts'

const OTHER = 'px_2'
/** Of each pixel: two blocks, and some that are too few for one. */
const EACH = 2 * BLOCK_ROWS + 88
const STEP = 50

/** Events of two pixels in turns, so that rows of one have gaps. */
async function fill(store: Store, each = EACH, prefix = 'e'): Promise<void> {
  for (let at = 0; at < each; at += STEP)
    for (const pixel of [PIXEL, OTHER]) {
      const ids = Array.from({ length: Math.min(STEP, each - at) }, (_, index) => `${prefix}${at + index}`)
      await store.accept(newEvents(ids, { pixel }), NOW)
    }
}

async function eventsOf(store: Store, pixels: readonly string[], limit: number): Promise<ListedEvent[]> {
  const events: ListedEvent[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await store.reads.ask('events', { pixels, limit, ...(cursor && { cursor }) })
    events.push(...page.events)
    cursor = page.cursor
    if (cursor === undefined) return events
  }
}

async function idsOf(store: Store, pixel: string, limit = 70): Promise<string[]> {
  return (await eventsOf(store, [pixel], limit)).map(({ id }) => String(id))
}

const falling = (count: number, prefix = 'e'): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${count - 1 - at}`)

function counted(path: string): readonly unknown[] {
  const file = connect(path)
  const row = file.prepare(`
    SELECT (SELECT count(*) FROM pixel_block) AS blocks, (SELECT count(*) FROM pixel_row) AS rows,
      (SELECT count(*) FROM sqlite_schema WHERE name = 'event_pixel') AS indices`)
  const { blocks, rows, indices } = row.get() as Row
  file.close()
  return [blocks, rows, indices]
}

it('events of a pixel are listed alike whether their rows stand one by one or in blocks', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path, readsIn: 'here' })
  await fill(store)
  assert.deepEqual(await idsOf(store, PIXEL), falling(EACH))
  assert.deepEqual(counted(path), [0, 2 * EACH, 0])
  while (await store.keepNumbers(NOW));
  assert.deepEqual(counted(path), [4, 2 * (EACH - 2 * BLOCK_ROWS), 0])
  for (const pixel of [PIXEL, OTHER]) assert.deepEqual(await idsOf(store, pixel), falling(EACH))
  await fill(store, 10, 'later')
  assert.deepEqual(await idsOf(store, OTHER), [...falling(10, 'later'), ...falling(EACH)])
  assert.deepEqual(await store.check(), [])
  await store.close()
  remove()
})

it('what a commit that failed would have listed is listed once, by the one that goes through', async () => {
  const { path, remove } = tempFile()
  const faulty = faultyDatabase()
  const store = await openSqliteStore({ path, readsIn: 'here', connect: faulty.connect })
  faulty.sabotage = (sql) => {
    if (sql === 'COMMIT') throw sqliteError(13, 'database or disk is full')
  }
  await assert.rejects(store.accept(newEvents(['lost']), NOW))
  faulty.sabotage = () => {}
  await fill(store)
  assert.deepEqual(await store.check(), [])
  faulty.sabotage = (sql) => {
    if (sql === 'COMMIT') throw sqliteError(13, 'database or disk is full')
  }
  await assert.rejects(store.keepNumbers(NOW))
  faulty.sabotage = () => {}
  while (await store.keepNumbers(NOW));
  assert.deepEqual(counted(path), [4, 2 * (EACH - 2 * BLOCK_ROWS), 0])
  assert.deepEqual(await store.check(), [])
  await store.close()
  remove()
})

/** As an older version left it: an index, and nothing listed. */
function makeOld(path: string): void {
  const file = connect(path)
  file.exec(`
    DELETE FROM pixel_row; DELETE FROM pixel_block; CREATE INDEX event_pixel ON event (pixel);
    INSERT INTO meta SELECT 'store.unlisted', row + 1 FROM event ORDER BY row DESC LIMIT 1`)
  file.close()
}

it('an older file is read by its index until that is taken over, in steps and across a restart', async () => {
  const { path, remove } = tempFile()
  const many = 30 * BLOCK_ROWS + 7
  const open = (): Promise<Store> => openSqliteStore({ path, readsIn: 'here' })
  let store = await open()
  await fill(store, many)
  await store.close()
  makeOld(path)

  store = await open()
  await fill(store, BLOCK_ROWS, 'later')
  const expected = [...falling(BLOCK_ROWS, 'later'), ...falling(many)]
  assert.deepEqual(await idsOf(store, PIXEL, 500), expected)
  assert.equal(await store.keepNumbers(NOW), true)
  assert.deepEqual(counted(path), [40, 2 * BLOCK_ROWS, 1])
  assert.deepEqual(await idsOf(store, OTHER, 500), expected)
  await store.close()

  store = await open()
  while (await store.keepNumbers(NOW));
  // Of each pixel a block is short. What came meanwhile stays until the next block is full.
  assert.deepEqual(counted(path), [62, 2 * BLOCK_ROWS, 0])
  for (const pixel of [PIXEL, OTHER]) assert.deepEqual(await idsOf(store, pixel, 500), expected)
  assert.deepEqual(await store.check(), [])
  await store.close()
  remove()
})

it('rows of accounts that were forgotten are passed over, and go with the last of their block', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path, readsIn: 'here' })
  await fill(store)
  while (await store.keepNumbers(NOW));
  const forget = async (rows: readonly number[]): Promise<void> => {
    await store.discard({ rows }, { by: 'ann', nowMs: NOW, reason: 'a test', limit: 10_000 })
    while ((await store.prune({ endedBeforeMs: NOW + DAY, limit: 100 })) > 0);
  }
  const rows = (await eventsOf(store, [PIXEL, OTHER], 500)).toSorted((a, b) => a.row - b.row)
  const of = (pixel: string): number[] => rows.filter((event) => event.pixel === pixel).map(({ row }) => row)
  // The second block of three parts, so that one that is empty stands between two that are not.
  await forget(of(PIXEL).slice(BLOCK_ROWS, 2 * BLOCK_ROWS))
  const left = falling(EACH).filter((id) => Number(id.slice(1)) < BLOCK_ROWS || Number(id.slice(1)) >= 2 * BLOCK_ROWS)
  assert.deepEqual(await idsOf(store, PIXEL), left)
  assert.deepEqual(counted(path)[0], 4)
  assert.deepEqual(await store.check(), [])
  // All but the last of the first block.
  const last = of(PIXEL)[BLOCK_ROWS - 1]!
  await forget([...of(OTHER), ...of(PIXEL)].filter((row) => row !== last && row < of(PIXEL)[2 * BLOCK_ROWS]!))
  assert.deepEqual(await idsOf(store, PIXEL), [...falling(EACH).slice(0, EACH - 2 * BLOCK_ROWS), `e${BLOCK_ROWS - 1}`])
  assert.deepEqual(await store.check(), [])
  await forget(rows.map(({ row }) => row))
  assert.deepEqual([counted(path), await idsOf(store, PIXEL)], [[0, 0, 0], []])
  await store.close()
  remove()
})

const WRONG: readonly (readonly [sql: string, line: RegExp])[] = [
  ['DELETE FROM pixel_row WHERE row = (SELECT max(row) FROM pixel_row)', /600 events are there, 599 are listed/],
  [
    'DELETE FROM pixel_block WHERE first = (SELECT max(first) FROM pixel_block)',
    /600 events are there, 344 are listed/,
  ],
  ['INSERT INTO pixel_row SELECT pixel, first FROM pixel_block LIMIT 1', /not in order/],
  ['UPDATE pixel_block SET last = last + 1', /not in order/],
]

it('a check tells which pixels have rows that are listed wrongly', async () => {
  for (const [sql, line] of WRONG) {
    const { path, remove } = tempFile()
    const store = await openSqliteStore({ path, readsIn: 'here' })
    await fill(store)
    while (await store.keepNumbers(NOW));
    const file = connect(path)
    file.exec(sql)
    assert.equal(readValue(file, 'SELECT count(*) FROM event'), 2 * EACH)
    file.close()
    assert.match((await store.check()).join('\n'), line, sql)
    await store.close()
    remove()
  }
})
