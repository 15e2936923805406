import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tempFolder } from '../files/files.helpers.ts'
import type { JsonObject } from '../files/row.ts'
import { type Compared, compareRows, type Detail, HOUR_MS } from './dedup.helpers.ts'
import { PAIR_CLASSES, type RowClass } from './row-class.ts'
import type { Side } from './sighting.ts'

/** Few ids, many spellings, so that everything meets everything. */
const ID = fc.constantFrom('1', '01', ' 1', 'order_1', 'Order_1', 'evt-1', '2', 'b2', 'B2', 'é', 'e\u0301', 'a\0b', '')
const NAME = fc.constantFrom('order_created', 'lead_created', 'custom:quote', 'Quote', '')
const TIME = fc.option(fc.integer({ min: 0, max: 60 }).map((hours) => hours * HOUR_MS + 1_772_000_000_000))
const PIXEL = fc.constantFrom('px_1', 'px_2')

const ROW = fc.record({ id: ID, type: NAME, timestamp_ms: TIME, pixel_id: PIXEL })
const ROWS = fc.array(ROW, { maxLength: 14 })
/** Whether the sides say Pixel IDs at all. */
const SIDES = fc
  .record({ pixel: ROWS, server: ROWS, saysPixel: fc.boolean() })
  .map(({ pixel, server, saysPixel }) => (saysPixel ? { pixel, server } : { pixel: pixel.map(withoutPixel), server }))
  .filter(({ pixel, server }) => [pixel, server].every((rows) => rows.length === 0 || rows.some(isUsable)))

function withoutPixel({ pixel_id: _, ...row }: JsonObject): JsonObject {
  return row
}

function isUsable({ id, type }: JsonObject): boolean {
  return id !== '' && type !== ''
}

const RUNS = { numRuns: 300 }

test('every row of a side has exactly one class, and the counts say the same', async (context) => {
  const folder = tempFolder(context)
  await fc.assert(
    fc.asyncProperty(SIDES, async ({ pixel, server }) => {
      const { report, details } = await compareRows(folder, pixel, server)
      for (const [side, rows] of [['pixel', pixel] as const, ['server', server] as const]) {
        const lines = details.flatMap((detail) => (detail[side] === undefined ? [] : [detail[side].line]))
        assert.deepEqual(
          lines.toSorted((one, other) => one - other),
          rows.map((_, at) => at + 1),
        )
        assert.deepEqual(countClasses(details, side), report[side].classes)
      }
    }),
    RUNS,
  )
})

test('with the sides exchanged the same pairs are found, and the same rows stand alone', async (context) => {
  const folder = tempFolder(context)
  await fc.assert(
    fc.asyncProperty(SIDES, async ({ pixel, server }) => {
      const one = await compareRows(folder, pixel, server)
      const other = await compareRows(folder, server, pixel)
      assert.deepEqual(placesOf(one, 'pixel', 'server'), placesOf(other, 'server', 'pixel'))
      const shares = [one, other].map(({ report }) => [report.overlap, report.countedTwice, report.countedTwicePerhaps])
      assert.deepEqual(shares[0], shares[1])
    }),
    RUNS,
  )
})

test('a key that both sides have is always found, and one that only one side has never', async (context) => {
  const folder = tempFolder(context)
  await fc.assert(
    fc.asyncProperty(ROWS, ROWS, async (pixel, server) => {
      fc.pre(pixel.some(isUsable) && server.some(isUsable))
      const { report } = await compareRows(folder, pixel, server)
      const ofServer = keysOf(server)
      const both = [...keysOf(pixel)].filter((key) => ofServer.has(key))
      const { matched = 0, far_apart: far = 0 } = report.pixel.classes
      assert.equal(matched + far, both.length)
    }),
    RUNS,
  )
})

/** Written apart from the code: what the API keys a row by. */
function keysOf(rows: readonly JsonObject[]): Set<string> {
  const usable = rows.filter(isUsable)
  return new Set(
    usable.map(({ id, type, pixel_id: pixel }) => {
      const name = String(type).toLowerCase().replace('custom:', '')
      return JSON.stringify([pixel, name, id])
    }),
  )
}

function countClasses(details: readonly Detail[], side: Side): Partial<Record<RowClass, number>> {
  const counts: Partial<Record<RowClass, number>> = {}
  for (const detail of details) {
    if (detail[side] !== undefined) counts[detail.class] = (counts[detail.class] ?? 0) + 1
  }
  return counts
}

/** Each line as class and places, with the names of the sides read as given. */
function placesOf({ details }: Compared, first: Side, second: Side): string[] {
  const mirrored: Partial<Record<RowClass, string>> = {
    [`${first}_only`]: 'first only',
    [`${second}_only`]: 'second only',
  }
  return details
    .map((detail) => {
      const isPair = (PAIR_CLASSES as readonly RowClass[]).includes(detail.class)
      const places = [detail[first]?.line, detail[second]?.line].join(' ')
      return `${mirrored[detail.class] ?? detail.class} ${isPair ? places : places.trim()} ${detail[first] ? 1 : 2}`
    })
    .toSorted()
}
