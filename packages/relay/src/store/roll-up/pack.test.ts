import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import {
  eachCell,
  eachCount,
  type PackedCell,
  type PackedCount,
  type PackOfPixels,
  packCells,
  packCounts,
} from './pack.ts'

const PLAIN = { noNullPrototype: true }
const pixel = fc.oneof(fc.nat(3), fc.nat(400), fc.nat(2 ** 24 - 1))
const flow = fc.oneof(fc.constant(1), fc.nat(300), fc.integer({ min: 1, max: 2 ** 40 }))
const money = fc.oneof(
  fc.nat(20_000),
  fc.integer(),
  fc.double({ noNaN: true }).map((sum) => sum + 0),
)
const cell: fc.Arbitrary<PackedCell> = fc.oneof(
  fc
    .record({ pixel, key: fc.nat(60), flow, money, isThere: fc.boolean() }, PLAIN)
    .map(({ isThere, money: sum, ...of }) => ({
      ...of,
      ends: isThere ? of.flow : 0,
      flowMoney: sum,
      endsMoney: isThere ? sum : 0,
    })),
  fc.record(
    { pixel, key: fc.nat(3_000), flow: fc.integer(), ends: fc.integer(), flowMoney: money, endsMoney: money },
    PLAIN,
  ),
)
const atOf = (each: { pixel: number; key: number }): string => `${each.pixel} ${each.key}`
const cells = fc.uniqueArray(cell, { selector: atOf, maxLength: 200 })

function cellsOf(packs: readonly PackOfPixels[], isMeant?: (pixel: number) => boolean): PackedCell[] {
  const found: PackedCell[] = []
  for (const { first, last, cells: packed } of packs)
    eachCell(
      packed,
      (of, key, happened, ends, flowMoney, endsMoney) => {
        assert.ok(of >= first && of <= last)
        found.push({ pixel: of, key, flow: happened, ends, flowMoney, endsMoney })
      },
      isMeant,
    )
  return found
}

const rising = (some: readonly PackedCell[]): PackedCell[] =>
  [...some].sort((a, b) => a.pixel - b.pixel || a.key - b.key)

it('cells are read as they were packed, in the order of pixels and keys, and of the pixels that are meant alone', () => {
  fc.assert(
    fc.property(cells, pixel, (some, other) => {
      const packs = packCells(some)
      assert.deepEqual(cellsOf(packs), rising(some))
      const meant = new Set([other, some[0]?.pixel])
      const ofMeant = rising(some).filter((each) => meant.has(each.pixel))
      assert.deepEqual(
        cellsOf(packs, (each) => meant.has(each)),
        ofMeant,
      )
    }),
  )
})

it('counts are read as they were packed', () => {
  const count = fc.record({ pixel, bucket: fc.nat(400), events: fc.integer({ min: 1, max: 2 ** 40 }) }, PLAIN)
  fc.assert(
    fc.property(fc.uniqueArray(count, { selector: (each) => `${each.pixel} ${each.bucket}` }), (some) => {
      const found: PackedCount[] = []
      for (const { cells: packed } of packCounts(some))
        eachCount(packed, (of, bucket, events) => void found.push({ pixel: of, bucket, events }))
      assert.deepEqual(
        found,
        [...some].sort((a, b) => a.pixel - b.pixel || a.bucket - b.bucket),
      )
    }),
  )
})

it('a cell of one event takes three bytes beside its pixel, and four packs fill a page', () => {
  const one = { flow: 1, flowMoney: 9_900 }
  const some = Array.from({ length: 3_000 }, (_, at) => ({ ...one, pixel: Math.floor(at / 10), key: (at % 10) * 2 }))
  for (const [ends, endsMoney] of [
    [0, 0],
    [1, 9_900],
  ] as const) {
    const packs = packCells(some.map((each) => ({ ...each, ends, endsMoney })))
    const bytes = packs.reduce((sum, { cells: packed }) => sum + packed.length, 0)
    assert.ok(bytes <= 3_000 * 3 + 300 * 2 + 2 * packs.length, `${bytes} bytes`)
    for (const { cells: packed } of packs) assert.ok(packed.length <= 1_000, `${packed.length} bytes in one`)
  }
})

it('nothing is packed into nothing', () => {
  assert.deepEqual([packCells([]), packCounts([])], [[], []])
})
