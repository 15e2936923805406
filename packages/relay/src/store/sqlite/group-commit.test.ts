import assert from 'node:assert/strict'
import { it } from 'node:test'
import { leaseAll, NOW, newEvent, newEvents, rowsOf } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import type { Store, StoreBrokenError } from '../index.ts'
import { StoreFullError } from '../index.ts'
import { type FaultyDatabase, faultyDatabase, sqliteError } from './faulty-database.ts'
import { openSqliteStore, type SqliteStoreOptions } from './index.ts'

interface Opened {
  readonly store: Store
  readonly faulty: FaultyDatabase
  readonly broken: StoreBrokenError[]
}

async function withStore(
  run: (opened: Opened) => Promise<void>,
  options: Partial<SqliteStoreOptions> = {},
): Promise<void> {
  const { path, remove } = tempFile()
  const faulty = faultyDatabase()
  const broken: StoreBrokenError[] = []
  const onBroken = (error: StoreBrokenError): void => void broken.push(error)
  const store = await openSqliteStore({ path, connect: faulty.connect, onBroken, ...options })
  await run({ store, faulty, broken })
  faulty.sabotage = () => undefined
  await store.close()
  remove()
}

function countCommits(faulty: FaultyDatabase): () => number {
  let commits = 0
  faulty.sabotage = (sql) => {
    if (sql === 'COMMIT') commits++
  }
  return () => commits
}

const IOERR_FSYNC = 1034
const FULL = 13
const CONSTRAINT = 19

it('callers that come together share one commit, and none is answered before it', async () => {
  await withStore(async ({ store, faulty }) => {
    let committed = false
    let commits = 0
    faulty.sabotage = (sql) => {
      if (sql !== 'COMMIT') return
      committed = true
      commits++
    }
    const calls = Array.from({ length: 16 }, async (_, index) => {
      await store.accept(newEvents([`a${index}`, `b${index}`]), NOW)
      assert.ok(committed)
    })
    await Promise.all(calls)
    assert.equal(commits, 1)
  })
})

it('a group is bounded by rows and by bytes, and a call that is larger alone still goes', async () => {
  await withStore(
    async ({ store, faulty }) => {
      const commits = countCommits(faulty)
      await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => store.accept([newEvent(id)], NOW)))
      assert.equal(commits(), 3)
      await store.accept(newEvents(['f', 'g', 'h']), NOW)
      await Promise.all(['i', 'j'].map((id) => store.accept([newEvent(id, { wire: 'x'.repeat(600) })], NOW)))
      assert.equal(commits(), 6)
    },
    { maxGroupRows: 2, maxGroupBytes: 1_000 },
  )
})

it('what the injected scheduler holds back is neither done nor answered', async () => {
  const flushes: (() => void)[] = []
  await withStore(
    async ({ store }) => {
      const first = store.accept([newEvent('a')], NOW)
      const second = store.accept([newEvent('b')], NOW)
      await Promise.resolve()
      assert.equal((await store.counts()).accepted, 0)
      assert.equal(flushes.length, 1)
      flushes.shift()?.()
      await Promise.all([first, second])
      assert.equal((await store.counts()).accepted, 2)
    },
    { schedule: (flush) => void flushes.push(flush) },
  )
})

it('a statement that fails for one caller fails for nobody else', async () => {
  await withStore(async ({ store, faulty, broken }) => {
    faulty.sabotage = (_sql, values) => {
      if (values.includes('poison')) throw sqliteError(CONSTRAINT, 'constraint failed')
    }
    const calls = ['a', 'poison', 'b'].map((id) => store.accept([newEvent(id)], NOW))
    const results = await Promise.allSettled(calls)
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.equal(broken.length, 0)
    assert.deepEqual(await store.check(), [])
    assert.equal((await store.counts()).queued, 2)
  })
})

it('a commit without room refuses what is new and lets settlements through', async () => {
  await withStore(async ({ store, faulty, broken }) => {
    await store.accept([newEvent('a')], NOW)
    const lease = await leaseAll(store)
    let failures = 1
    faulty.sabotage = (sql) => {
      if (sql === 'COMMIT' && failures-- > 0) throw sqliteError(FULL, 'database or disk is full')
    }
    const [accepted, settled] = await Promise.allSettled([
      store.accept([newEvent('b')], NOW),
      store.settle({ token: lease.token, settlements: [{ to: 'delivered', rows: rowsOf(lease) }], nowMs: NOW }),
    ])
    assert.ok(accepted.status === 'rejected' && accepted.reason instanceof StoreFullError)
    assert.deepEqual(settled, { status: 'fulfilled', value: 1 })
    assert.equal(broken.length, 0)
    const { delivered, queued } = await store.counts()
    assert.deepEqual({ delivered, queued }, { delivered: 1, queued: 0 })
    assert.equal((await store.accept([newEvent('b')], NOW))[0]?.status, 'accepted')
    assert.deepEqual(await store.check(), [])
  })
})

it('a settlement that could not be written leaves the lease with its holder', async () => {
  await withStore(async ({ store, faulty }) => {
    await store.accept(newEvents(['a', 'b']), NOW)
    const lease = await leaseAll(store)
    const settle = (): Promise<number> =>
      store.settle({ token: lease.token, settlements: [{ to: 'delivered', rows: rowsOf(lease) }], nowMs: NOW })
    faulty.sabotage = (sql) => {
      if (sql === 'COMMIT') throw sqliteError(FULL, 'database or disk is full')
    }
    await assert.rejects(settle(), StoreFullError)
    assert.equal((await store.counts()).sending, 2)
    faulty.sabotage = () => undefined
    assert.equal(await settle(), 2)
    assert.deepEqual(await store.check(), [])
  })
})

it('after a failed sync nothing is acknowledged any more, and the process is told once', async () => {
  await withStore(async ({ store, faulty, broken }) => {
    await store.accept([newEvent('a')], NOW)
    faulty.sabotage = (sql) => {
      if (sql === 'COMMIT') throw sqliteError(IOERR_FSYNC, 'disk I/O error')
    }
    const calls = await Promise.allSettled([store.accept([newEvent('b')], NOW), store.accept([newEvent('c')], NOW)])
    faulty.sabotage = () => undefined
    const later = await Promise.allSettled([store.accept([newEvent('d')], NOW), store.counts(), store.ready(NOW)])
    for (const call of [...calls, ...later]) {
      assert.equal(call.status === 'rejected' && (call.reason as Error).name, 'StoreBrokenError')
    }
    assert.equal(broken.length, 1)
  })
})

it('a sync that fails while the log is copied into the file stops the store too', async () => {
  await withStore(
    async ({ store, faulty, broken }) => {
      faulty.sabotage = (sql) => {
        if (sql.includes('wal_checkpoint')) throw sqliteError(IOERR_FSYNC, 'disk I/O error')
      }
      await store.accept([newEvent('a')], NOW)
      assert.equal(broken.length, 1)
      await assert.rejects(store.accept([newEvent('b')], NOW), { name: 'StoreBrokenError' })
    },
    { checkpointPages: 1 },
  )
})

it('the log is copied into the file, and so synced, by the first commit after so long', async () => {
  let nowMs = 0
  await withStore(
    async ({ store, faulty }) => {
      let checkpoints = 0
      faulty.sabotage = (sql) => {
        if (sql.includes('wal_checkpoint')) checkpoints++
      }
      const seen: number[] = []
      for (const ms of [0, 4_999, 5_000, 9_999, 10_000]) {
        nowMs = ms
        await store.accept([newEvent(`at-${ms}`)], NOW)
        seen.push(checkpoints)
      }
      assert.deepEqual(seen, [0, 0, 1, 1, 2])
    },
    { checkpointEveryMs: 5_000, monotonicMs: () => nowMs },
  )
})
