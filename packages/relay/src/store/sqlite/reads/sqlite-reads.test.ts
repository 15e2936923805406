import assert from 'node:assert/strict'
import { it } from 'node:test'
import { NOW, newEvents } from '../../conformance/harness.ts'
import { tempFile } from '../../conformance/temp-file.ts'
import { connect } from '../database.ts'
import { openSqliteStore } from '../index.ts'

/** Takes well over a second, in one statement. */
const SLOW = `
  ALTER TABLE moment RENAME TO moment_kept;
  CREATE VIEW moment AS
    WITH RECURSIVE n(commits) AS (SELECT 1 UNION ALL SELECT commits + 1 FROM n WHERE commits < 12000000)
    SELECT max(commits) AS commits FROM n`
const QUICK = 'DROP VIEW moment; ALTER TABLE moment_kept RENAME TO moment'

it('a thread that does not come back is replaced: its questions are too slow, and the next one is answered', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path, readLimits: { replaceMs: 500 } })
  await store.accept(newEvents(['a']), NOW)
  await store.reads.ask('now', {})
  const behind = connect(path)
  behind.exec(SLOW)
  const slow = await Promise.allSettled([store.reads.ask('now', {}), store.reads.ask('known', {})])
  for (const one of slow) assert.equal(one.status === 'rejected' && one.reason.code, 'too_slow')
  behind.exec(QUICK)
  behind.close()
  assert.equal((await store.reads.ask('now', {})).counts.queued, 1)
  await store.close()
  remove()
})

it('a question that takes too long is answered with an error and no part of a sum; a list gives what it has', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path, readLimits: { answerMs: 0 } })
  await store.accept(newEvents(['a', 'b', 'c']), NOW)
  const range = { fromMs: NOW - 60_000, untilMs: NOW + 60_000 }
  for (const asking of [
    store.reads.ask('series', { ...range, step: 'minute', kinds: ['accepted'] }),
    store.reads.ask('groups', { ...range, count: { flow: 'accepted' }, by: ['pixel'] }),
    store.reads.ask('backlog', { fromMs: 0, beforeMs: [NOW], limit: 1 }),
  ])
    await assert.rejects(asking, { code: 'too_slow', hint: /shorter time/ })
  const ids: (string | undefined)[] = []
  let cursor: string | undefined
  do {
    const page = await store.reads.ask('events', { limit: 10, ...(cursor !== undefined && { cursor }) })
    assert.ok(page.events.length > 0 || page.cursor === undefined, 'no page is empty that has a cursor')
    ids.push(...page.events.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== undefined)
  assert.deepEqual(ids, ['c', 'b', 'a'])
  await store.close()
  remove()
})
