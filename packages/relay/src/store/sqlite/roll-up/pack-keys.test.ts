import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { connect } from '../database.ts'
import { migrate } from '../migrate.ts'
import { Undo } from '../queue/undo.ts'
import { type PackKey, PackKeys } from './pack-keys.ts'

/** Around the limits below which keys are looked up otherwise. */
const term = fc.oneof(fc.nat(2), fc.constantFrom(62, 63, 64, 65, 1_022, 1_023, 1_024, 1_025, 1_088, 70_000, 2 ** 40))
const key: fc.Arbitrary<PackKey> = fc.record(
  { name: term, shape: term, source: term, code: term, currency: term },
  { noNullPrototype: true },
)
const textOf = (of: PackKey): string => Object.values(of).join(' ')

/** Keys that would be one where parts are numbers to some base: what is over of one runs into the part before. */
function alike(of: PackKey, base: number): PackKey[] {
  const source = of.source % base
  const digits = [of.name, of.shape, of.source, of.code, of.currency].map((value) => value % 64)
  const one = digits.reduce((sum, digit) => sum * 64 + digit, 0)
  const [currency, code, rest] = [one % base, Math.floor(one / base) % base, Math.floor(one / base ** 2)] as const
  return [
    { ...of, shape: of.shape + 1, source },
    { ...of, source: source + base },
    { name: 0, shape: Math.floor(rest / base), source: rest % base, code, currency },
    { name: digits[0]!, shape: digits[1]!, source: digits[2]!, code: digits[3]!, currency: digits[4]! },
  ]
}

function keysOf(test: (open: () => PackKeys) => void): void {
  const database = connect(':memory:')
  migrate(database)
  test(() => new PackKeys(database, new Undo()))
  database.close()
}

it('each key of a pixel has one number, and each number one key, whatever the numbers of its texts', () => {
  fc.assert(
    fc.property(fc.uniqueArray(key, { selector: textOf, minLength: 1 }), (some) => {
      const more = some.flatMap((of) => [64, 1_024].flatMap((base) => alike(of, base)))
      const all = [...new Map([...some, ...more].map((of) => [textOf(of), of])).values()]
      keysOf((open) => {
        const keys = open()
        const numbers = all.map((of) => keys.numberOf(1, of))
        assert.deepEqual(
          numbers,
          all.map((_, at) => at),
        )
        for (const again of [keys, open()]) {
          assert.deepEqual(
            all.map((of) => again.find(1, of)),
            numbers,
          )
          assert.deepEqual(
            numbers.map((number) => textOf(again.at(1, number))),
            all.map(textOf),
          )
        }
      })
    }),
    { numRuns: 40 },
  )
})
