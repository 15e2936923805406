import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Cause, Facts } from './facts.ts'
import { factsOf, indexOf, makeWorld, type Stream, type World, withoutDelivery } from './shop-days.helpers.ts'
import { DAY_MS, HOUR_MS, QUARTER_MS } from './steps.ts'
import { verdictOf } from './verdict.ts'

/**
 * Twelve seeded drops of the four causes, alone and two at once: each named with its source and its time, within two steps.
 * Each is looked at three hours after it began, on a Wednesday at 17:00 in Berlin.
 */

const DAY = Date.UTC(2026, 9, 20, 22)
const BEGIN = DAY + 14 * HOUR_MS
const NOW = BEGIN + 3 * HOUR_MS
const STEPS = 2

/** The largest of these streams that brings at least so much, so that each case has its own. */
function large({ streams }: World, source: string, nth = 0): Stream {
  const fitting = streams.filter((one) => one.source === source).sort((left, right) => right.daily - left.daily)
  return fitting[nth]!
}

const during = (from: number, until: number): number[] =>
  Array.from({ length: (until - from) / QUARTER_MS }, (_, at) => indexOf(from) + at)

/** From then on only a part comes. */
function fewer({ random }: World, streams: readonly Stream[], part: number): void {
  for (const { accepted } of streams)
    for (const at of during(BEGIN, NOW)) accepted[at] = random.poisson(accepted[at]! * part)
}

/** From then on a part of what comes is refused. */
function refuse({ random }: World, { accepted, refused }: Stream, part: number): void {
  for (const at of during(BEGIN, NOW))
    refused[at] = Math.min(accepted[at]!, refused[at]! + random.poisson(accepted[at]! * part))
}

/** Nothing of a pixel is delivered for a while; what waits is then delivered within a step. */
function wait({ streams, waiting }: World, pixel: string, until: number): void {
  let queue = 0
  for (const at of during(BEGIN, until)) {
    for (const stream of streams.filter((one) => one.pixel === pixel)) queue += withoutDelivery(stream, at)
    waiting.get(pixel)![at] = queue
  }
}

interface Expected {
  readonly kind: Cause['kind']
  readonly pixel: string | null
  readonly source: string | null
}

interface Case {
  readonly title: string
  readonly make: (world: World) => { readonly expected: readonly Expected[]; readonly facts?: Partial<Facts> }
}

const CASES: readonly Case[] = [
  {
    title: 'one source of one pixel brings a third less',
    make(world) {
      const stream = large(world, 'crm')
      fewer(world, [stream], 0.65)
      return { expected: [{ kind: 'fewer_came', pixel: stream.pixel, source: 'crm' }] }
    },
  },
  {
    title: 'one source of a middling pixel brings nothing any more',
    make(world) {
      const stream = large(world, 'shop-backend', 60)
      fewer(world, [stream], 0)
      return { expected: [{ kind: 'fewer_came', pixel: stream.pixel, source: 'shop-backend' }] }
    },
  },
  {
    title: 'one source brings half on all pixels',
    make(world) {
      fewer(
        world,
        world.streams.filter(({ source }) => source === 'shopify'),
        0.5,
      )
      return { expected: [{ kind: 'fewer_came', pixel: null, source: 'shopify' }] }
    },
  },
  {
    title: 'everything brings half',
    make(world) {
      fewer(world, world.streams, 0.5)
      return { expected: [{ kind: 'fewer_came', pixel: null, source: null }] }
    },
  },
  {
    title: 'a pixel gets less from all of its sources',
    make(world) {
      const { pixel } = large(world, 'crm', 3)
      fewer(
        world,
        world.streams.filter((one) => one.pixel === pixel),
        0.4,
      )
      return { expected: [{ kind: 'fewer_came', pixel, source: null }] }
    },
  },
  {
    title: 'a release has a tenth refused',
    make(world) {
      const stream = large(world, 'shop-backend', 5)
      refuse(world, stream, 0.1)
      return { expected: [{ kind: 'more_refused', pixel: stream.pixel, source: 'shop-backend' }] }
    },
  },
  {
    title: 'a small pixel has all refused',
    make(world) {
      const stream = large(world, 'shop-backend', 70)
      refuse(world, stream, 1)
      return { expected: [{ kind: 'more_refused', pixel: stream.pixel, source: 'shop-backend' }] }
    },
  },
  {
    title: 'a pixel is held',
    make(world) {
      const { pixel } = large(world, 'crm', 1)
      wait(world, pixel, NOW)
      const hold = {
        pixel,
        shape: null,
        code: 'unauthorized',
        sinceMs: BEGIN,
        events: 900,
        money: [],
        lostFromMs: null,
      }
      return { expected: [{ kind: 'waiting', pixel, source: null }], facts: { holds: [hold] } }
    },
  },
  {
    title: 'a pixel brings more than may be sent',
    make(world) {
      const stream = world.streams.filter(
        ({ pixel }, _, all) => all.filter((one) => one.pixel === pixel).length === 1,
      )[4]!
      wait(world, stream.pixel, NOW)
      return { expected: [{ kind: 'waiting', pixel: stream.pixel, source: stream.source }] }
    },
  },
  {
    title: 'what waited for an hour was delivered later',
    make(world) {
      const stream = world.streams.filter(
        ({ pixel }, _, all) => all.filter((one) => one.pixel === pixel).length === 1,
      )[4]!
      wait(world, stream.pixel, BEGIN + HOUR_MS)
      return { expected: [{ kind: 'delivered_reported_later', pixel: stream.pixel, source: stream.source }] }
    },
  },
  {
    title: 'one source is refused while another brings less',
    make(world) {
      const refusing = large(world, 'shop-backend', 8)
      const missing = large(world, 'shopify', 2)
      refuse(world, refusing, 0.2)
      fewer(world, [missing], 0.5)
      return {
        expected: [
          { kind: 'more_refused', pixel: refusing.pixel, source: 'shop-backend' },
          { kind: 'fewer_came', pixel: missing.pixel, source: 'shopify' },
        ],
      }
    },
  },
  {
    title: 'two sources of different pixels bring less, and a third pixel is held',
    make(world) {
      const [one, other] = [large(world, 'crm', 2), large(world, 'shop-backend', 7)]
      fewer(world, [one], 0.3)
      fewer(world, [other], 0.5)
      const { pixel } = large(world, 'shopify', 12)
      const hold = { pixel, shape: null, code: 'forbidden', sinceMs: BEGIN, events: 40, money: [], lostFromMs: null }
      return {
        expected: [
          { kind: 'waiting', pixel, source: null },
          { kind: 'fewer_came', pixel: one.pixel, source: 'crm' },
          { kind: 'fewer_came', pixel: other.pixel, source: 'shop-backend' },
        ],
        facts: { holds: [hold] },
      }
    },
  },
]

describe('the verdict on a seeded drop', () => {
  for (const [at, { title, make }] of CASES.entries()) {
    it(title, () => {
      const world = makeWorld({ seed: 100 + at, pixels: 150, days: 35 + 10 })
      const { expected, facts } = make(world)
      const { causes } = verdictOf({ ...factsOf(world, { fromMs: DAY, untilMs: DAY + DAY_MS, nowMs: NOW }), ...facts })
      const told = causes.map(({ kind, pixel, source }) => ({ kind, pixel, source }))
      assert.deepEqual(
        new Set(told.map((one) => JSON.stringify(one))),
        new Set(expected.map((one) => JSON.stringify(one))),
      )
      assert.equal(told.length, expected.length)
      for (const { kind, sinceMs } of causes) {
        assert.ok(
          Math.abs(sinceMs - BEGIN) <= STEPS * QUARTER_MS,
          `${kind}: ${(sinceMs - BEGIN) / QUARTER_MS} steps off`,
        )
      }
    })
  }
})
