import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireEvent } from 'waybill'
import { keptForm } from '../../engine/index.ts'
import type { Taken } from '../taken.ts'
import { bodyOf, marked, Packer, unpacked } from './pack.ts'

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
  const long = Array.from({ length: 40 }, (_, at) => `${at}-${'é'.repeat(40_000)}`)
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
