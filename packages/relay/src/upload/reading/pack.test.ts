import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import fc from 'fast-check'
import { issue, type WireEvent } from 'waybill'
import { keptForm } from '../../engine/index.ts'
import type { Taken } from '../taken.ts'
import { bodyOf, marked, movedWith, Packer, unpacked } from './pack.ts'

const NOW_MS = 1_780_000_000_000

function taken(id: string): Taken {
  const about = { action_source: 'web', source_url: 'https://shop.example.com/', timestamp_ms: NOW_MS - 60_000 }
  const data = { type: 'contents', amount: 1_000, currency: 'EUR' }
  const event = keptForm({ id, type: 'order_created', ...about, data } as WireEvent, [], NOW_MS)
  return { fated: { kind: 'good', event, warnings: [] }, rowCount: 1, line: 2, rows: () => [] }
}

function packed(packer: Packer, ids: readonly string[]): ReturnType<Packer['pack']>['plain'] {
  for (const id of ids) packer.add(taken(id))
  return packer.pack(0).plain
}

const wiresOf = (ids: readonly string[]): string =>
  ids.map((id) => (taken(id).fated as { event: { wire: string } }).event.wire).join()

test('a body is what stands around the events and their JSON, however long it is', () => {
  const ids = ['o-1', 'ö-2', 'o-3 🎁']
  for (const start of ['{"events":[', `{"integration_source":"${'s'.repeat(1_000)}","events":[`]) {
    const body = Buffer.from(bodyOf(packed(new Packer(false), ids).good.wires, start, ']}')).toString()
    assert.equal(body, `${start}${wiresOf(ids)}]}`)
  }
})

test('a pack stays as it is while the next one is made, and holds events of any size', () => {
  const packer = new Packer(false)
  const many = Array.from({ length: 40 }, (_, at) => `${at}-${'é'.repeat(40_000)}`)
  const long = ['€'.repeat(500_000), ...many]
  const [first, second] = [packed(packer, ['a', 'b']), packed(packer, long)]
  assert.deepEqual(
    [first, second].map(({ good }) => Buffer.from(good.wires.bytes).toString()),
    [wiresOf(['a', 'b']), wiresOf(long)],
  )
  const keys = (good: typeof first.good): string[] => Array.from(marked(good), ({ key }) => key.toString())
  assert.deepEqual(keys(first.good), ['order_created\0a', 'order_created\0b'])
  assert.deepEqual(
    keys(second.good),
    long.map((id) => `order_created\0${id}`),
  )
})

test('an event comes out of a pack as it went in', () => {
  const ids = ['o-1', 'ö "2"']
  assert.deepEqual(
    unpacked(packed(new Packer(false), ids)).map(({ fated }) => fated),
    ids.map((id) => taken(id).fated),
  )
})

const OCCASION: fc.Arbitrary<Taken> = fc
  .record({
    kind: fc.constantFrom('good', 'good', 'good', 'refused', 'duplicate', 'left out'),
    id: fc.option(fc.string({ unit: 'binary', maxLength: 20 }), { nil: undefined }),
    name: fc.option(fc.string({ unit: 'grapheme', minLength: 1 }), { nil: undefined }),
    aheadMs: fc.constantFrom(-60_000, 0, 90 * 60_000),
    user: fc.option(fc.record({ country: fc.constant('DE'), city: fc.string() }, { requiredKeys: [] }), {
      nil: undefined,
    }),
    amount: fc.option(fc.nat(), { nil: undefined }),
    said: fc.subarray(['unknown_key', 'event_id_reused'].map((code) => ({ ...issue('aborted', 'user'), code }))),
    rowCount: fc.nat(5),
    line: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
    rows: fc.array(fc.record({ line: fc.nat(), cells: fc.array(fc.string()) }, { noNullPrototype: true })),
  })
  .map(({ kind, id, name, aheadMs, user, amount, said, rowCount, line, rows }) => {
    const event = {
      ...(id !== undefined && { id }),
      ...(name === undefined ? { type: 'order_created' } : { type: 'custom', custom_event_name: name }),
      timestamp_ms: NOW_MS + aheadMs,
      action_source: 'web',
      ...(user && { user }),
      data: { type: 'contents', ...(amount !== undefined && { amount, currency: 'EUR' }) },
    } as WireEvent
    const fated = {
      good: { kind: 'good', event: keptForm(event, [], NOW_MS), warnings: said },
      refused: { kind: 'refused', issues: said },
      duplicate: { kind: 'duplicate' },
      'left out': { kind: 'left out' },
    }[kind] as Taken['fated']
    return { fated, rowCount, line, rows: () => rows as never }
  })

test('whatever goes into packs comes out of them, each in its part and in its order, though they went from thread to thread', async () => {
  const plainOf = ({ fated }: Taken): boolean => {
    if (fated.kind !== 'good' || fated.warnings.length > 0) return false
    const { id, dueMs } = fated.event as ReturnType<typeof keptForm>
    return id !== undefined && dueMs === undefined
  }
  const said = (all: readonly Taken[]): unknown[] => all.map(({ rows, ...taken }) => ({ ...taken, rows: rows() }))
  const packer = new Packer(true)
  const { port1, port2 } = new MessageChannel()
  await fc.assert(
    fc.asyncProperty(fc.array(OCCASION, { maxLength: 30 }), async (all) => {
      for (const one of all) packer.add(one)
      const made = packer.pack(7)
      port1.postMessage(made, movedWith(made))
      const [pack] = (await once(port2, 'message')) as [typeof made]
      bodyOf(pack.plain.good.wires, '{"events":[', ']}')
      assert.deepEqual(said(unpacked(pack.plain)), said(all.filter(plainOf)))
      assert.deepEqual(said(unpacked(pack.others)), said(all.filter((one) => !plainOf(one))))
      assert.deepEqual([made.plain.good.wires.bytes.length, pack.bytesRead], [0, 7])
    }),
  )
  port1.close()
})
