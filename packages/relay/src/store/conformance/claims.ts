import assert from 'node:assert/strict'
import { CHORES, EXPIRY } from '../claim.ts'
import {
  idsOf,
  leaseAll,
  MINUTE,
  NOW,
  newEvent,
  newEvents,
  PIXEL,
  requestOf,
  rowsOf,
  type StoreCase,
} from './harness.ts'
import { A, B, FOR_MS, overRow, rowOf, two, whatOf } from './relays.ts'

/** Who has what, and how it goes from one relay to another. */
export const CLAIMS: readonly StoreCase[] = [
  {
    name: 'what one relay has claimed another does not get, and only its owner leases of it',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await store.accept(newEvents(['1', '2']), NOW)
      assert.equal(await store.lease({ pixel: PIXEL, limit: 1, nowMs: NOW, leaseMs: MINUTE }), undefined)
      assert.deepEqual(whatOf(await a.claim([PIXEL, PIXEL])), [PIXEL])
      assert.deepEqual([await b.claim([PIXEL]), await a.claim([PIXEL])], [[], []])
      assert.equal(await other.lease({ pixel: PIXEL, limit: 1, nowMs: NOW, leaseMs: MINUTE }), undefined)
      assert.deepEqual(idsOf(await leaseAll(store)), ['1', '2'])
      assert.deepEqual([await a.owned(), await b.owned()], [[PIXEL], []])
      const owners = await b.owners()
      assert.deepEqual(
        owners.map(({ what, name }) => [what, name]),
        [[PIXEL, 'a']],
      )
      await other.close()
    },
  },
  {
    name: 'a pixel that many claim at a time is given to one',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      const pixels = Array.from({ length: 40 }, (_, at) => `px_${at}`)
      const given = await Promise.all([a, b, a, b].map((each) => each.claim(pixels)))
      assert.deepEqual(given.flatMap(whatOf).sort(), [...pixels].sort())
      await other.close()
    },
  },
  {
    name: 'a relay without a row, or whose row is over, claims nothing; what it has it keeps',
    async run(store, harness) {
      const [a, late] = [store.claims!, await harness.openBeside!()]
      assert.deepEqual(await a.claim([PIXEL]), [])
      await a.renew({ name: 'a', forMs: FOR_MS })
      assert.deepEqual(whatOf(await a.claim([PIXEL])), [PIXEL])
      await harness.wait!(FOR_MS + 1)
      assert.deepEqual(await a.claim(['another']), [])
      assert.deepEqual(await a.owned(), [PIXEL])
      await late.claims!.renew(B)
      assert.deepEqual(await late.claims!.claim([PIXEL]), [])
      await late.close()
    },
  },
  {
    name: 'rows tell of each relay: its name, its renewals, its pixels without the chores, whether it is over and whether it delivers',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await a.claim([CHORES, EXPIRY, 'x', 'y'])
      const rows = await b.renew({ ...B, delivers: false })
      const seen = rows.map(({ relay: _, ...row }) => row)
      assert.deepEqual(
        seen.sort((one, next) => (one.name < next.name ? -1 : 1)),
        [
          { name: 'a', isOwn: false, renewals: 1, isOver: false, pixels: 2, delivers: true },
          { name: 'b', isOwn: true, renewals: 2, isOver: false, pixels: 0, delivers: false },
        ],
      )
      assert.equal(new Set(rows.map(({ relay }) => relay)).size, 2)
      await other.close()
    },
  },
  {
    name: 'a pixel is taken over only once the row is over and was not renewed since',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await a.claim([PIXEL])
      assert.deepEqual(await b.takeOver(await rowOf(b, 'a'), 10), [], 'before its end')
      const row = await overRow(harness, { a, b })
      assert.deepEqual(await b.takeOver({ ...row, renewals: row.renewals - 1 }, 10), [], 'renewed since')
      await a.renew(A)
      assert.deepEqual(await b.takeOver(row, 10), [], 'renewed just now')
      const again = await overRow(harness, { a, b })
      assert.deepEqual(whatOf(await b.takeOver(again, 10)), [PIXEL])
      assert.deepEqual([await a.owned(), await b.owned()], [[], [PIXEL]])
      assert.equal((await b.renew(B)).length, 1, 'a row without claims goes')
      await other.close()
    },
  },
  {
    name: 'a row is over too once the clock that relays share has stepped back behind its renewal',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await a.claim([PIXEL])
      await harness.wait!(-60 * MINUTE)
      const row = await rowOf(b, 'a')
      assert.equal(row.isOver, true)
      await a.renew(A)
      assert.equal((await rowOf(b, 'a')).isOver, false)
      assert.deepEqual(await b.takeOver(row, 10), [], 'renewed since')
      await harness.wait!(-60 * MINUTE)
      assert.deepEqual(whatOf(await b.takeOver(await rowOf(b, 'a'), 10)), [PIXEL])
      await other.close()
    },
  },
  {
    name: 'a relay whose own row is over takes nothing over',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await a.claim([PIXEL])
      const row = await overRow(harness, { a, b })
      await b.renew({ name: 'b', forMs: FOR_MS })
      await harness.wait!(FOR_MS + 1)
      assert.deepEqual(await b.takeOver(row, 10), [])
      await other.close()
    },
  },
  {
    name: 'what is taken over in parts is taken over once, chores first',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await a.claim(['1', '2', '3', CHORES])
      const row = await overRow(harness, { a, b })
      const parts = [await b.takeOver(row, 2), await b.takeOver(row, 2), await b.takeOver(row, 2)].map(whatOf)
      assert.deepEqual(
        parts.map(({ length }) => length),
        [2, 2, 0],
      )
      assert.ok(parts[0]?.includes(CHORES))
      assert.deepEqual(parts.flat().sort(), ['1', '2', '3', CHORES].sort())
      await other.close()
    },
  },
  {
    name: 'with a pixel its leases are taken over: the events may be stored, and what their holder settles later changes nothing',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await a.claim([PIXEL, 'other pixel'])
      await store.accept([...newEvents(['1', '2']), newEvent('3', { pixel: 'other pixel' })], NOW)
      const late = await leaseAll(store)
      const row = await overRow(harness, { a, b })
      await b.takeOver(row, 10)
      const rows = rowsOf(late)
      const settlements = [{ to: 'delivered', rows } as const]
      const request = requestOf(rows)
      assert.equal(await store.settle({ token: late.token, settlements, nowMs: NOW }), 0)
      const next = await leaseAll(other)
      assert.deepEqual(idsOf(next), ['1', '2'])
      assert.ok(next.events.every(({ mayBeStored }) => mayBeStored))
      assert.equal(await store.settle({ token: late.token, settlements, request, nowMs: NOW }), 0)
      assert.deepEqual([await store.extend(late.token, MINUTE), await store.release(late.token)], [false, 0])
      const [account] = await other.show('1')
      assert.deepEqual([account?.state, account?.requests.length, account?.attempts], ['sending', 1, 1])
      assert.equal(await other.settle({ token: next.token, settlements, nowMs: NOW }), 2)
      const { events } = await leaseAll(other, { pixel: 'other pixel' })
      assert.deepEqual(
        events.map(({ mayBeStored }) => mayBeStored),
        [false],
      )
      assert.equal((await store.counts()).unaccounted, 0)
      await other.close()
    },
  },
  {
    name: 'a lease that ran out is queued again by its own relay alone, as what may be stored',
    async run(store, harness) {
      const { other, a } = await two(store, harness)
      await a.claim([PIXEL])
      await store.accept(newEvents(['1']), NOW)
      await leaseAll(store, { leaseMs: FOR_MS })
      harness.clock.nowMs += FOR_MS + 1
      await harness.wait!(FOR_MS + 1)
      assert.deepEqual([await other.reclaim(), await store.reclaim()], [0, 1])
      const { events } = await leaseAll(store)
      assert.equal(events[0]?.mayBeStored, true)
      await other.close()
    },
  },
  {
    name: 'what is given up anybody may claim, with what was noted of it and how long ago',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      const [first] = await a.claim([PIXEL])
      assert.deepEqual(first, { what: PIXEL, note: undefined, givenUpAgoMs: undefined, shapes: [] })
      assert.equal(await a.note(PIXEL, 'one'), true)
      assert.equal(await a.note(PIXEL, 'two'), true)
      assert.equal(await b.note(PIXEL, 'not mine'), false)
      await store.accept(newEvents(['1']), NOW)
      const { token } = await leaseAll(store)
      await a.giveUp([PIXEL, 'not mine'])
      assert.deepEqual([await a.owned(), await a.note(PIXEL, 'too late')], [[], false])
      assert.equal(await store.extend(token, MINUTE), false)
      await harness.wait!(50)
      const [next] = await b.claim([PIXEL])
      assert.equal(next?.note?.text, 'two')
      assert.ok(next.note.agoMs >= 50 && next.note.agoMs < MINUTE, `${next.note.agoMs} ms ago`)
      assert.ok((next.givenUpAgoMs ?? 0) >= 50 && (next.givenUpAgoMs ?? 0) < MINUTE)
      assert.deepEqual(idsOf(await leaseAll(other)), ['1'])
      await other.close()
    },
  },
  {
    name: 'what was noted is there for whoever takes over',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await a.claim([PIXEL])
      await a.note(PIXEL, '{"pausedForMs":600000}')
      const [claim] = await b.takeOver(await overRow(harness, { a, b }), 10)
      assert.equal(claim?.note?.text, '{"pausedForMs":600000}')
      assert.ok(claim.note.agoMs >= FOR_MS)
      assert.equal(claim.givenUpAgoMs, undefined)
      await other.close()
    },
  },
  {
    name: 'shapes that the API takes are kept for whoever has the pixel next, given up or taken over',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await a.claim([PIXEL, 'other pixel'])
      assert.equal(await a.keepShapes(PIXEL, { taken: ['x', 'y', 'x(\u0000)'], gone: [] }), true)
      assert.equal(await a.keepShapes('other pixel', { taken: ['of the other'], gone: [] }), true)
      await harness.wait!(1)
      assert.equal(await a.keepShapes(PIXEL, { taken: ['x', 'z'], gone: ['y', 'never kept'] }), true)
      assert.equal(await b.keepShapes(PIXEL, { taken: ['not mine'], gone: ['x'] }), false)
      await a.giveUp([PIXEL])
      assert.equal(await a.keepShapes(PIXEL, { taken: ['too late'], gone: ['x'] }), false)
      const [next] = await b.claim([PIXEL])
      assert.equal(next?.shapes[0], 'x(\u0000)', 'what was kept longest ago')
      assert.deepEqual([...next.shapes].sort(), ['x', 'x(\u0000)', 'z'])
      const [taken] = await b.takeOver(await overRow(harness, { a, b }), 10)
      assert.deepEqual([taken?.what, taken?.shapes], ['other pixel', ['of the other']])
      await other.close()
    },
  },
  {
    name: 'a relay that leaves or closes has nothing any more, and no row',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await b.claim([PIXEL, CHORES])
      await store.accept(newEvents(['1']), NOW)
      await leaseAll(other)
      await other.close()
      assert.deepEqual(
        (await a.renew(A)).map(({ name }) => name),
        ['a'],
      )
      assert.deepEqual(whatOf(await a.claim([PIXEL, CHORES])).sort(), [CHORES, PIXEL].sort())
      assert.deepEqual(idsOf(await leaseAll(store)), ['1'])
      await a.leave()
      assert.deepEqual([await a.owned(), await a.owners()], [[], []])
    },
  },
  {
    name: 'a relay that was over and renews its row goes on with what nobody took',
    async run(store, harness) {
      const { other, a, b } = await two(store, harness)
      await a.claim(['1', '2'])
      const [taken] = await b.takeOver(await overRow(harness, { a, b }), 1)
      const rows = await a.renew(A)
      assert.equal(rows.find(({ isOwn }) => isOwn)?.pixels, 1)
      assert.deepEqual(
        await a.owned(),
        ['1', '2'].filter((what) => what !== taken?.what),
      )
      await other.close()
    },
  },
]
