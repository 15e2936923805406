import assert from 'node:assert/strict'
import { it } from 'node:test'
import { leaseAll, MINUTE, NOW, newEvent } from '../../conformance/harness.ts'
import { tempFile } from '../../conformance/temp-file.ts'
import { OTHER } from '../../reads/index.ts'
import { MAX_KEYS } from '../../roll-up/key.ts'
import { openSqliteStore } from '../index.ts'

const EXTRA = 50
const MONEY = { amount: 3, currency: 'EUR' } as const

it('at most 2,000 keys of a minute are counted by themselves, the rest together as other, and nothing is lost of a sum', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path })
  const count = MAX_KEYS + EXTRA
  const shape = (at: number): string => `shape_${String(at).padStart(5, '0')}`
  await store.accept(
    Array.from({ length: count }, (_, at) => newEvent(`e${at}`, { shape: shape(at), ...MONEY })),
    NOW,
  )
  const byShape = { count: { flow: 'accepted' }, by: ['shape'], limit: 1_000 } as const
  const first = await store.reads.ask('groups', byShape)
  assert.equal(MAX_KEYS, 2_000)
  assert.deepEqual(first.total, { events: count, money: { EUR: 3 * count } })
  const other = first.groups.find(({ key }) => key['shape'] === OTHER)
  // The sum over all pixels, by source, is a key too.
  assert.ok(other !== undefined && other.events >= EXTRA && other.events <= EXTRA + 2, `${other?.events}`)
  assert.equal(first.count, count - other.events + 1)

  const last = { shape: shape(count - 1), limit: 10 }
  const listed = await store.reads.ask('events', last)
  assert.deepEqual(
    listed.events.map(({ id }) => id),
    [`e${count - 1}`],
    'what is counted under other is found in its list all the same',
  )
  const { token, events } = await leaseAll(store, { limit: count, nowMs: NOW + MINUTE })
  const rows = events.map(({ row }) => row)
  assert.ok(rows.length > 0)
  await store.settle({ token, settlements: [{ to: 'delivered', rows }], nowMs: NOW + MINUTE })
  await store.accept([newEvent('later', { shape: 'later' })], NOW + 2 * MINUTE)
  const next = await store.reads.ask('groups', { ...byShape, fromMs: NOW + 2 * MINUTE, untilMs: NOW + 3 * MINUTE })
  assert.deepEqual(
    next.groups.map(({ key, events: sum }) => [key['shape'], sum]),
    [['later', 1]],
    'the next minute has room again',
  )
  while (await store.keepNumbers(NOW + 3 * MINUTE));
  assert.deepEqual(await store.check(), [])
  await store.close()
  remove()
})
