import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createEmulator } from '@waybill/emulator'
import type { WireEvent } from 'waybill'
import { type KeptForm, keptForm } from '../../engine/index.ts'
import { pixelConfig } from '../../engine/virtual-engine.helpers.ts'
import { tempFolder } from '../../files/files.helpers.ts'
import { createDurableSender } from '../durable-sender.ts'
import { Packer } from '../reading/pack.ts'
import type { Sender, Sent } from '../sender.ts'
import { openState } from '../state-file.ts'
import { deliveredUnder, knowingStore, SentBook } from './index.ts'

/** What goes out in whole packs, against a real state and the emulator. */

const ACCOUNT = 'px'
const NOW_MS = Date.now()
const never = new AbortController().signal

function order(number: number, { amount = 1_000, name = 'order_created', ageMs = 60_000 } = {}): KeptForm {
  const about = { action_source: 'web', source_url: 'https://shop.example.com/', timestamp_ms: NOW_MS - ageMs }
  const data = { type: 'contents', amount, currency: 'USD' }
  return keptForm({ id: `o-${number}`, type: name, ...about, data } as WireEvent, [], NOW_MS)
}

function orders(from: number, to: number, how?: Parameters<typeof order>[1]): KeptForm[] {
  return Array.from({ length: to - from }, (_, at) => order(from + at, how))
}

interface Way {
  readonly path: string
  readonly fetch: typeof fetch
}

/** An API that counts what is new to it and nothing else, as one may; `lose` lets an answer get lost. */
function countingApi(context: TestContext) {
  const emulator = createEmulator({ now: () => Date.now() })
  const stored = new Map<string, number>()
  const api = { lose: false, requests: 0, refuses: '' }
  const answer: typeof fetch = async (input, init) => {
    api.requests += 1
    const { events, validate_only } = JSON.parse(String(init?.body)) as { events: WireEvent[]; validate_only: boolean }
    const at = events.findIndex(({ id }) => id === api.refuses)
    const message = 'No.'
    if (at >= 0)
      return Response.json({ error: { message, type: 'x', param: `events[${at}]`, code: 'bad' } }, { status: 400 })
    const own = validate_only ? [] : events
    const accepted_events = own.filter(({ id }) => !stored.has(id)).length
    for (const { id } of own) stored.set(id, (stored.get(id) ?? 0) + 1)
    if (api.lose && !validate_only) throw new TypeError('fetch failed')
    const isAsked = validate_only ? await emulator.fetch(input, init) : undefined
    return isAsked ?? Response.json({ accepted_events })
  }
  return { api, stored, way: { path: join(tempFolder(context), 'state'), fetch: answer } }
}

interface Opened {
  readonly sender: Sender
  readonly book: SentBook
  whole(events: readonly KeptForm[]): Promise<boolean>
  single(events: readonly KeptForm[]): Promise<readonly Sent[]>
}

async function open({ path, fetch: send }: Way): Promise<Opened> {
  const store = await openState(path)
  const book = await SentBook.open(store, ACCOUNT)
  const pixel = pixelConfig({ pixelId: ACCOUNT, preflight: 'novel', maxRequestsPerSecond: 1_000 })
  const from = { source: 'file', now: () => Date.now(), fetch: send }
  const sender = await createDurableSender({ store: knowingStore(store, book), book, pixel, ...from })
  return {
    sender,
    book,
    whole(events) {
      const packer = new Packer(false)
      for (const event of events)
        packer.add({ fated: { kind: 'good', event, warnings: [] }, rowCount: 1, line: 1, rows: () => [] })
      return sender.sendWhole!(packer.pack(0).plain)
    },
    single: (events) => sender.send(events, { validateOnly: false, signal: never }),
  }
}

const statuses = (sent: readonly Sent[]): string[] => [...new Set(sent.map(({ status }) => status))]

test('a pack goes out in one request once its shape was seen to pass, and the next run knows it', async (context) => {
  const { api, stored, way } = countingApi(context)
  const first = await open(way)
  assert.equal(await first.whole(orders(0, 3)), false)
  assert.equal(api.requests, 0)
  assert.deepEqual(statuses(await first.single([order(0)])), ['delivered'])
  const before = api.requests
  assert.equal(await first.whole(orders(1, 501)), true)
  assert.equal(api.requests, before + 1)
  await first.sender.close?.()
  assert.equal(stored.size, 501)

  const second = await open(way)
  const now = api.requests
  assert.equal(await second.whole(orders(100, 200)), false)
  const again = await second.single(orders(0, 501))
  assert.deepEqual([statuses(again), again.every(({ before: known }) => known === true)], [['duplicates'], true])
  const other = await second.single(orders(5, 9, { amount: 7 }))
  assert.deepEqual([statuses(other), other[0]!.issues[0]!.code], [['refused'], 'conflicting_repeat'])
  assert.equal(api.requests, now)
  await second.sender.close?.()
  const store = await openState(way.path)
  assert.equal(await deliveredUnder(store, ACCOUNT), 501)
  await store.close()
})

for (const [what, another] of [
  ['this run', false],
  ['the next run', true],
] as const) {
  /**
   * - the API takes a pack, and its answer is lost
   * - its events are sent one by one by this run, or by the next: the API counts none of them a second time
   * - nobody takes that for an API that takes nothing: they may have been stored
   */
  test(`a pack whose answer is lost may be stored, as ${what} knows`, async (context) => {
    const { api, stored, way } = countingApi(context)
    let opened = await open(way)
    await opened.single([order(0)])
    api.lose = true
    assert.equal(await opened.whole(orders(1, 100)), false)
    api.lose = false
    if (another) {
      await opened.sender.close?.()
      opened = await open(way)
      await opened.single([order(500)])
      assert.equal(await opened.whole(orders(50, 60)), false)
    }
    assert.deepEqual(statuses(await opened.single(orders(1, 100))), ['delivered'])
    await opened.sender.close?.()
    assert.ok([...stored.values()].every((times) => times <= 3))
  })
}

test('a pack that is refused is none: its events are asked one by one, and only the bad one is refused', async (context) => {
  const { api, stored, way } = countingApi(context)
  const { sender, whole, single, book } = await open(way)
  await single([order(0)])
  api.refuses = 'o-7'
  assert.equal(await whole(orders(1, 20)), false)
  const sent = await single(orders(1, 20))
  assert.deepEqual(
    sent.flatMap(({ status }, at) => (status === 'delivered' ? [] : [[at, status]])),
    [[6, 'refused']],
  )
  assert.deepEqual([stored.has('o-7'), stored.size, book.isEmpty], [false, 19, true])
  await sender.close?.()
})

test('what an earlier run sent by itself is not sent in a pack', async (context) => {
  const { api, stored, way } = countingApi(context)
  const first = await open(way)
  await first.single(orders(0, 5))
  await first.sender.close?.()
  const second = await open(way)
  await second.single([order(9)])
  const before = api.requests
  assert.equal(await second.whole(orders(4, 8)), false)
  assert.equal(api.requests, before)
  assert.equal(await second.whole(orders(5, 8)), true)
  assert.deepEqual([...new Set(stored.values())], [1])
  await second.sender.close?.()
})

test('more than a request holds, and what ends soon, goes one by one', async (context) => {
  const { api, way } = countingApi(context)
  const { sender, whole, single } = await open(way)
  await single([order(0)])
  const before = api.requests
  assert.equal(await whole(orders(1, 1_002)), false)
  assert.equal(await whole([order(1), order(2, { ageMs: 7 * 86_400_000 - 60_000 })]), false)
  assert.equal(await whole([]), false)
  assert.equal(api.requests, before)
  assert.equal(await whole(orders(1, 1_001)), true)
  await sender.close?.()
})
