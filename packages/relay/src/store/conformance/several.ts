import assert from 'node:assert/strict'
import { StoreAwayError } from '../index.ts'
import { MINUTE, NOW, newEvent, newEvents, PIXEL, type StoreCase } from './harness.ts'
import { two } from './relays.ts'

const HOLD = { code: 'bad_key', message: 'the key is wrong', atMs: NOW, by: 'waybill' }

/** What relays that share the data owe each other beside their claims. */
export const SEVERAL: readonly StoreCase[] = [
  {
    name: 'each is told of what is due of its own pixels, and of what nobody has with something due or held',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await a.claim(['mine', 'held'])
      await b.claim(['theirs'])
      const pixels = ['mine', 'theirs', 'held', 'nobody’s', 'nobody’s and held']
      await store.accept(
        pixels.map((pixel) => newEvent('1', { pixel })),
        NOW,
      )
      await store.accept([newEvent('2', { pixel: 'later', dueMs: NOW + 5 })], NOW)
      await store.holdPixel('held', HOLD)
      await store.holdPixel('nobody’s and held', HOLD)
      const ready = await store.ready(NOW)
      assert.deepEqual(ready.pixels, ['mine'])
      assert.deepEqual(ready.several?.held, ['held'])
      assert.deepEqual([...(ready.several?.unclaimed ?? [])].sort(), ['nobody’s', 'nobody’s and held'].sort())
      assert.deepEqual((await other.ready(NOW)).pixels, ['theirs'])
      assert.ok((await store.ready(NOW + 5)).several?.unclaimed.includes('later'))
      await other.close()
    },
  },
  {
    name: 'a hold or a resumption made anywhere raises the version that everybody sees, and stops the next lease',
    async run(store, harness) {
      const { other, a } = await two(store, harness)
      await a.claim([PIXEL])
      await store.accept(newEvents(['1']), NOW)
      const versions = [(await store.ready(NOW)).several!.holdsVersion]
      const lift = { by: 'ann', nowMs: NOW }
      for (const change of [
        () => other.holdPixel(PIXEL, HOLD),
        () => other.resumePixel(PIXEL, lift),
        () => other.holdShape(PIXEL, newEvent('1').shape, HOLD),
        () => other.resumeShape(PIXEL, newEvent('1').shape, lift),
      ]) {
        await change()
        versions.push((await store.ready(NOW)).several!.holdsVersion)
        const isHeld = (await store.holds()).length > 0
        const lease = await store.lease({ pixel: PIXEL, limit: 1, nowMs: NOW, leaseMs: MINUTE })
        assert.equal(lease === undefined, isHeld)
        if (lease !== undefined) await store.release(lease.token)
      }
      assert.ok(
        versions.every((version, at) => at === 0 || version > versions[at - 1]!),
        `${versions}`,
      )
      await other.close()
    },
  },
  {
    name: 'what one relay takes is a duplicate for every other, and each tells the same counts',
    async run(store, harness) {
      const { other } = await two(store, harness)
      const [first] = await store.accept(newEvents(['1']), NOW)
      const [second, third] = await other.accept([newEvent('1'), newEvent('1', { content: 'other' })], NOW)
      assert.deepEqual([second?.status, second?.row, third?.status], ['duplicate', first?.row, 'conflict'])
      assert.deepEqual(await other.counts(), await store.counts())
      await other.close()
    },
  },
  {
    name: 'rows that two relays give at a time are never the same',
    async run(store, harness) {
      const { other } = await two(store, harness)
      const calls = Array.from({ length: 20 }, (_, at) => (at % 2 ? store : other).accept(newEvents([`${at}`]), NOW))
      const rows = (await Promise.all(calls)).flat().map(({ row }) => row)
      assert.equal(new Set(rows).size, 20)
      await other.close()
    },
  },
  {
    name: 'one conversion under two names, brought to two relays at a time, has one account',
    async run(store, harness) {
      const { other } = await two(store, harness)
      const calls = Array.from({ length: 50 }, (_, at) => {
        const [one, next] = [`cart_${at}`, `order_${at}`].map((id) => ({ name: 'order_created', id }))
        const [first, second] = at % 2 ? [store, other] : [other, store]
        return [
          first.accept([newEvent(one!.id, { sameAs: [next!] })], NOW),
          second.accept([newEvent(next!.id, { sameAs: [one!] })], NOW),
        ]
      })
      const statuses = (await Promise.all(calls.flat())).flat().map(({ status }) => status)
      assert.equal(statuses.filter((status) => status === 'accepted').length, 50)
      assert.equal((await store.counts()).accepted, 50)
      await other.close()
    },
  },
  {
    name: 'an accept whose answer was lost is repeated under its rows: its own is accepted, anything else is what it is',
    async run(store, harness) {
      await store.accept([newEvent('known')], NOW)
      const events = [newEvent('new'), newEvent('known'), newEvent('new'), newEvent(undefined, { state: 'refused' })]
      harness.loseAnswer!()
      const error = await store.accept(events, NOW).catch((lost: unknown) => lost)
      assert.ok(error instanceof StoreAwayError)
      assert.equal(error.rows?.length, 4)
      const again = await store.accept(events, NOW, error.rows)
      assert.deepEqual(
        again.map(({ status }) => status),
        ['accepted', 'duplicate', 'duplicate', 'accepted'],
      )
      assert.deepEqual([again[0]?.row, again[3]?.row], [error.rows[0], error.rows[3]])
      const { accepted, unaccounted } = await store.counts()
      assert.deepEqual({ accepted, unaccounted }, { accepted: 3, unaccounted: 0 })
    },
  },
  {
    name: 'a part of the pixels is told at a time, each in its turn',
    async run(store, harness) {
      const { other, a } = await two(store, harness)
      const pixels = Array.from({ length: 5 }, (_, at) => `px_${at}`)
      await store.accept(
        pixels.map((pixel) => newEvent('1', { pixel })),
        NOW,
      )
      const turns = async (list: 'pixels' | 'unclaimed'): Promise<string[]> => {
        const seen: string[] = []
        for (let turn = 0; turn < 3; turn++) {
          const ready = await store.ready(NOW, { limit: 2 })
          const some = list === 'pixels' ? ready.pixels : ready.several!.unclaimed
          assert.equal(some.length, 2)
          seen.push(...some)
        }
        return [...new Set(seen)].sort()
      }
      assert.deepEqual(await turns('unclaimed'), pixels)
      await a.claim(pixels)
      assert.deepEqual(await turns('pixels'), pixels)
      await other.close()
    },
  },
]
