import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CURRENCIES } from './contract/currency.ts'
import { isWaybillError } from './errors.ts'
import { MoneyError, type MoneyFault, money } from './money.ts'

const EXACT: readonly (readonly [decimal: string, currency: string, amount: number])[] = [
  ['25.99', 'USD', 2599],
  ['25.9', 'USD', 2590],
  ['25', 'USD', 2500],
  ['0.01', 'USD', 1],
  ['129.99', 'usd', 12999],
  ['1.15', 'EUR', 115],
  ['8.2', 'EUR', 820],
  ['1.005', 'KWD', 1005],
  ['8900', 'JPY', 8900],
  ['8900.000', 'JPY', 8900],
  ['1.234', 'KWD', 1234],
  ['0.0001', 'CLF', 1],
  ['2.5', 'UYW', 25000],
  ['1500.25', 'IDR', 150025],
  ['1500.25', 'MGA', 150025],
  ['25.9900000', 'USD', 2599],
  ['007', 'USD', 700],
  ['+5', 'USD', 500],
  ['-5.05', 'USD', -505],
  ['90071992547409.91', 'USD', Number.MAX_SAFE_INTEGER],
  ['9007199254740991', 'JPY', Number.MAX_SAFE_INTEGER],
]

const REFUSED: readonly (readonly [decimal: unknown, currency: unknown, fault: MoneyFault])[] = [
  ['25.999', 'USD', 'too_many_decimals'],
  ['1.5', 'JPY', 'too_many_decimals'],
  ['1.2345', 'KWD', 'too_many_decimals'],
  ['0.00001', 'CLF', 'too_many_decimals'],
  ['90071992547409.92', 'USD', 'unsafe_amount'],
  ['9007199254740992', 'JPY', 'unsafe_amount'],
  ['9007199254740993', 'JPY', 'unsafe_amount'],
  [`1${'0'.repeat(400)}`, 'USD', 'unsafe_amount'],
  ['1', 'XAU', 'currency_without_minor_unit'],
  ['1', 'XXX', 'currency_without_minor_unit'],
  ['1', 'ABC', 'invalid_currency'],
  ['1', '', 'invalid_currency'],
  ['1', ' USD', 'invalid_currency'],
  ['1', 'U\u017FD', 'invalid_currency'],
  ['1', undefined, 'invalid_currency'],
  ...[
    '',
    ' ',
    '.',
    '.5',
    '5.',
    '1,234.50',
    '1.234,50',
    '1 000',
    '$5',
    '5 USD',
    '1e3',
    '0x10',
    'NaN',
    '--1',
    '1\n',
    '１',
  ].map((text): [string, string, MoneyFault] => [text, 'USD', 'invalid_amount']),
  [25.99, 'USD', 'invalid_amount'],
  [null, 'USD', 'invalid_amount'],
  [25n, 'USD', 'invalid_amount'],
]

test('an amount becomes the exact integer of its minor unit', () => {
  for (const [decimal, currency, amount] of EXACT) {
    assert.deepStrictEqual(
      money(decimal, currency),
      { amount, currency: currency.toUpperCase() },
      `${decimal} ${currency}`,
    )
  }
})

test('what cannot be held exactly throws an error with its code', () => {
  for (const [decimal, currency, fault] of REFUSED) {
    assert.throws(
      () => money(decimal as string, currency as string),
      (error) =>
        error instanceof MoneyError && isWaybillError(error) && error.code === fault && error.name === 'MoneyError',
      `${String(decimal)} ${String(currency)}`,
    )
  }
})

test('nothing becomes minus zero', () => {
  for (const zero of ['0', '-0', '-0.00', '+0.0']) assert.ok(Object.is(money(zero, 'USD').amount, 0))
})

test('every currency with a minor unit is exact to its last decimal and refuses one more', () => {
  for (const [currency, decimals] of CURRENCIES) {
    if (decimals === null) continue
    const smallest = decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`
    assert.equal(money(smallest, currency).amount, 1, currency)
    assert.throws(
      () => money(`0.${'1'.padStart(decimals + 1, '0')}`, currency),
      { code: 'too_many_decimals' },
      currency,
    )
  }
})

test('the table has the codes whose decimals are often mistaken', () => {
  const decimals = {
    USD: 2,
    EUR: 2,
    JPY: 0,
    KRW: 0,
    ISK: 0,
    KWD: 3,
    TND: 3,
    CLF: 4,
    UYW: 4,
    IDR: 2,
    MGA: 2,
    MRU: 2,
    HUF: 2,
  }
  for (const [currency, expected] of Object.entries(decimals))
    assert.equal(CURRENCIES.get(currency), expected, currency)
  for (const gone of ['BGN', 'HRK', 'SLL', 'ZWL', 'ANG', 'CUC', 'DEM']) assert.equal(CURRENCIES.has(gone), false, gone)
  assert.equal(CURRENCIES.size, new Set(CURRENCIES.keys()).size)
  for (const code of CURRENCIES.keys()) assert.match(code, /^[A-Z]{3}$/)
})

test('amounts agree with integer arithmetic, whatever zeros stand around them', () => {
  const currency = fc.constantFrom(...[...CURRENCIES].filter(([, decimals]) => decimals !== null))
  const units = fc.bigInt({ min: -BigInt(Number.MAX_SAFE_INTEGER), max: BigInt(Number.MAX_SAFE_INTEGER) })
  const zeros = fc.nat({ max: 5 })
  fc.assert(
    fc.property(currency, units, zeros, zeros, ([code, decimals], amount, before, after) => {
      const scale = 10n ** BigInt(decimals!)
      const positive = amount < 0n ? -amount : amount
      const fraction = decimals === 0 ? '' : (positive % scale).toString().padStart(decimals!, '0')
      const digits = fraction + '0'.repeat(after)
      const text = `${amount < 0n ? '-' : ''}${'0'.repeat(before)}${positive / scale}${digits === '' ? '' : `.${digits}`}`
      assert.equal(BigInt(money(text, code).amount), amount)
    }),
    { numRuns: 1_000 },
  )
})
