import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readValue, valueDifference } from './value.ts'

type Data = Readonly<Record<string, unknown>>

const decimal = (amount: string, currency?: string): Data => ({ amount, ...(currency && { currency }) })
const minor = (amount: number | string, currency?: string): Data => ({
  amount: { amount },
  ...(currency && { currency }),
})

const CASES: readonly (readonly [one: Data, other: Data, differs: 'value' | 'currency' | undefined])[] = [
  [decimal('25.99', 'USD'), minor(2599, 'USD'), undefined],
  [decimal('25.990', 'usd'), minor(2599), undefined],
  [decimal('8900', 'JPY'), minor(8900, 'JPY'), undefined],
  [decimal('1.5', 'KWD'), minor(1500, 'KWD'), undefined],
  [decimal('25.99', 'USD'), minor(2600, 'USD'), 'value'],
  [decimal('25.99', 'USD'), minor(26, 'USD'), 'value'],
  [decimal('25.99', 'USD'), decimal('25.99', 'EUR'), 'currency'],
  [decimal('25.99'), decimal('25.990'), undefined],
  [decimal('25.99'), decimal('26'), 'value'],
  [minor(2599), minor(2599), undefined],
  [minor(2599), minor(2600), 'value'],
  [decimal('25.99'), minor(2599), undefined],
  [decimal('25.999', 'USD'), minor(2599, 'USD'), undefined],
  [decimal('25.99', 'USD'), {}, undefined],
  [{ currency: 'USD' }, { currency: 'EUR' }, 'currency'],
  [decimal('much', 'USD'), minor(2599, 'USD'), undefined],
  [minor('25.99', 'USD'), minor(2599, 'USD'), undefined],
]

for (const [one, other, differs] of CASES) {
  test(`${JSON.stringify(one)} and ${JSON.stringify(other)} differ in ${differs ?? 'nothing that is known'}`, () => {
    assert.equal(valueDifference(readValue(one), readValue(other)), differs)
    assert.equal(valueDifference(readValue(other), readValue(one)), differs)
  })
}
