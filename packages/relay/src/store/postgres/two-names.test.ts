/** Writers bring each conversion under two names at once: one account each, and no two wait for each other for ever. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { stopPostgres } from '../../postgres-server.helpers.ts'
import { NOW, newEvent, PIXEL } from '../conformance/harness.ts'
import type { NewEvent, Store } from '../index.ts'
import { makeStore } from './postgres-store.helpers.ts'

after(stopPostgres)

const WRITERS = 8
/** 10,000 once: `WAYBILL_CONVERSIONS=10000`. */
const CONVERSIONS = Number(process.env['WAYBILL_CONVERSIONS'] ?? 120)
const MOST_IN_A_CALL = 8

const called = (id: string): { readonly name: string; readonly id: string } => ({ name: 'order_created', id })

/** Chance from a seed (mulberry32), 0 ≤ x < 1. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Under one of its names, naming the other one. */
function named(conversion: number, isFirst: boolean): NewEvent {
  const [own, other] = isFirst ? ['cart', 'order'] : ['order', 'cart']
  return newEvent(`${own}_${conversion}`, { sameAs: [called(`${other}_${conversion}`)] })
}

/** All conversions in an order of its own, a few in a call, under either name. */
async function write(store: Store, seed: number): Promise<void> {
  const random = seededRandom(seed)
  const order = Array.from({ length: CONVERSIONS }, (_, at) => [random(), at] as const)
    .sort(([a], [b]) => a - b)
    .map(([, at]) => at)
  for (let at = 0; at < order.length; ) {
    const some = order.slice(at, at + 1 + Math.floor(random() * MOST_IN_A_CALL))
    await store.accept(
      some.map((conversion) => named(conversion, random() < 0.5)),
      NOW,
    )
    at += some.length
  }
}

test(`8 writers bring ${CONVERSIONS} conversions under two names: one account each`, async (context) => {
  const { store, open } = await makeStore(context)
  const stores = [store, await open(), await open()]
  await Promise.all(Array.from({ length: WRITERS }, (_, at) => write(stores[at % stores.length]!, at + 1)))
  assert.equal((await store.counts()).accepted, CONVERSIONS)
  for (let conversion = 0; conversion < CONVERSIONS; conversion += 37) {
    const accounts = [
      ...(await store.show(`cart_${conversion}`, PIXEL)),
      ...(await store.show(`order_${conversion}`, PIXEL)),
    ]
    assert.equal(accounts.length, 1, `conversion ${conversion}`)
  }
  assert.deepEqual(await store.check(), [])
})
