/** The small readers that all sources share, at their limits. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CURRENCIES } from '../contract/currency.ts'
import { money } from '../money.ts'
import { decimalOf, firstAmount, fromUnits, itemAmount, rounded, sumOf } from './amount.ts'
import { clickAmong, clickInUrl } from './click.ts'
import { type ItemId, itemIds, itemOf } from './item.ts'
import { pageOf, siteOf } from './page.ts'
import { text } from './read.ts'
import { stripeAmount } from './stripe/money.ts'
import { byOurClock, CLOCK_TOLERANCE_MS, momentOf, utcOf } from './time.ts'

test('a JSON number is read at the 15 digits that a double is sure of', () => {
  const rows: readonly (readonly [value: unknown, decimal: string | undefined])[] = [
    [25.99, '25.99'],
    [25.990000000000002, '25.99'],
    [0.1 + 0.2, '0.3'],
    [1e2, '100'],
    [-0, '0'],
    [1234567890123.45, '1234567890123.45'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['25.99', '25.99'],
    [' 25.9900 ', '25.9900'],
    ['', undefined],
    [null, undefined],
    [2 ** 53, 'unreadable'],
    [1e-7, '0.0000001'],
    [3.552713678800501e-15, '0.00000000000000355271'],
    [-(2 ** -44), '-0.00000000000005684342'],
    [1e21, 'unreadable'],
    ['(none)', undefined],
    [' N/A ', undefined],
    [{}, 'unreadable'],
    [true, 'unreadable'],
  ]
  for (const [value, decimal] of rows) assert.equal(decimalOf(value), decimal, String(value))
})

test('every decimal of up to 15 digits survives being a JSON number', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
      fc.constantFrom('JPY', 'USD', 'KWD', 'CLF'),
      (units, currency) => {
        const decimals = CURRENCIES.get(currency)!
        const digits = String(units).padStart(decimals + 1, '0')
        const written = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
        const read = decimalOf(JSON.parse(written.replace(/^0+(?=\d)/, '')))!
        assert.equal(money(read, currency).amount, Number(units))
      },
    ),
  )
})

test('a decimal is rounded on its text, half away from zero, and only where it has to be', () => {
  const rows: readonly (readonly [decimal: string, decimals: number, nearest: string | undefined])[] = [
    ['27.505', 2, '27.51'],
    ['27.504999999999999999999', 2, '27.50'],
    ['-27.505', 2, '-27.51'],
    ['-0.004', 2, '0.00'],
    ['0.995', 2, '1.00'],
    ['999.995', 2, '1000.00'],
    ['1.005', 2, '1.01'],
    ['2.5', 0, '3'],
    ['9.4999', 3, '9.500'],
    ['9007199254740993.125', 2, '9007199254740993.13'],
    ['27.50', 2, undefined],
    ['27.5000', 2, undefined],
    ['27', 0, undefined],
    ['twelve', 2, undefined],
    ['1,005', 2, undefined],
  ]
  for (const [decimal, decimals, nearest] of rows) assert.equal(rounded(decimal, decimals), nearest, decimal)
})

test('what was rounded lies within half a unit, for every decimal', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.constantFrom(0, 2, 3), (units, decimals) => {
      const digits = String(units < 0n ? -units : units).padStart(8, '0')
      const written = `${units < 0n ? '-' : ''}${digits.slice(0, -7)}.${digits.slice(-7)}`
      const nearest = BigInt(
        (rounded(written, decimals) ?? written).replace(
          /^(-?)(\d+)(?:\.(\d*))?$/,
          (_, sign, whole, fraction = '') => `${sign}${whole}${fraction.padEnd(7, '0')}`,
        ),
      )
      const off = nearest > units ? nearest - units : units - nearest
      assert.ok(2n * off <= 10n ** BigInt(7 - decimals), written)
    }),
  )
})

test('prices times quantities add up exactly, or not at all', () => {
  assert.equal(
    sumOf([
      [0.1, 3],
      ['19.99', '2'],
    ]),
    '40.28',
  )
  assert.equal(sumOf([['5', undefined]]), '5')
  for (const lines of [
    [],
    [['x', 1]],
    [
      [1, 1],
      [null, 1],
    ],
  ] as const)
    assert.equal(sumOf(lines), undefined)
})

test('an empty text and a word for nothing are no amount; what cannot be read is one, to be refused', () => {
  assert.equal(firstAmount(['', ' ', null, 'n/a', 'NaN', 0]), '0')
  assert.equal(firstAmount([undefined, 'a lot', 5]), 'a lot')
})

test('units become decimals and come back the same', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.constantFrom('JPY', 'USD', 'KWD', 'CLF'), (units, currency) => {
      const decimals = CURRENCIES.get(currency)!
      assert.equal(money(fromUnits(units, decimals)!, currency).amount, units === 0 ? 0 : units)
    }),
  )
  assert.deepEqual(
    [fromUnits(5, 2), fromUnits(-5, 2), fromUnits(0, 0), fromUnits(1.5, 2), fromUnits(null, 2)],
    ['0.05', '-0.05', '0', 'unreadable', undefined],
  )
})

test('Stripe’s amounts in every currency of ISO 4217 but three are its own minor units', () => {
  const exceptions = [...CURRENCIES].filter(([code, decimals]) => {
    if (decimals === null) return false
    const { amount } = stripeAmount(100_000, code.toLowerCase())
    return money(amount!, code).amount !== 100_000
  })
  assert.deepEqual(exceptions.map(([code]) => code).sort(), ['ISK', 'MGA', 'UGX'])
})

test('an item’s price that its currency cannot hold is no number', () => {
  assert.equal(itemAmount('6.66', 'USD'), '6.66')
  assert.equal(itemAmount(' ', 'USD'), undefined)
  for (const [price, currency] of [
    ['6.667', 'USD'],
    ['6.5', 'JPY'],
    ['1', 'XXX'],
    ['1', 'ABC'],
    ['-1', 'USD'],
    ['x', 'USD'],
    ['1', undefined],
  ] as const) {
    assert.equal(itemAmount(price, currency), Number.NaN, `${price} ${currency}`)
  }
})

test('an item is named by the key that was asked for, else by the next that there is; 0 is none', () => {
  const keys = { sku: '', variant_id: 0, product_id: 7 }
  const idBy = (given: typeof keys | Record<keyof typeof keys, unknown>, first: ItemId): unknown =>
    itemOf({ id: itemIds(given, first) })[0]?.id
  assert.equal(idBy({ sku: 'a', variant_id: 9, product_id: 7 }, 'variant_id'), '9')
  assert.equal(idBy(keys, 'sku'), '7')
  assert.equal(idBy({ ...keys, variant_id: '0' }, 'variant_id'), '7')
  assert.equal(idBy({ ...keys, sku: 'N/A' }, 'sku'), '7')
  assert.equal(idBy({ sku: null, variant_id: null, product_id: null }, 'sku'), undefined)
})

test('an item keeps what can be taken of it, and names what cannot', () => {
  const given = { id: { sku: 'a' }, name: { name: 'A' }, quantity: '2', price: '1.5', currency: 'USD' }
  assert.deepEqual(itemOf(given), [{ id: 'a', name: 'A', quantity: 2, amount: '1.5' }])
  assert.deepEqual(itemOf({ quantity: '2.0', price: '1.5' }), [{ quantity: 2, unsent: ['amount'] }])
  for (const quantity of [1.5, '1,5', 'two', 2 ** 53, '0x10', '1e3', {}])
    assert.deepEqual(itemOf({ ...given, quantity }), [{ id: 'a', name: 'A', amount: '1.5', unsent: ['quantity'] }])
  for (const removed of [{ ...given, quantity: 0 }, { ...given, quantity: '-1' }, {}])
    assert.deepEqual(itemOf(removed), [])
})

test('texts: numbers are written out, blanks and numbers that lost digits are none', () => {
  const rows: readonly (readonly [unknown, string | undefined])[] = [
    ['a', 'a'],
    [' a ', ' a '],
    [' ', undefined],
    ['', undefined],
    [0, '0'],
    [1.5, '1.5'],
    [2 ** 53, undefined],
    [2 ** 53 - 1, '9007199254740991'],
    [Number.NaN, undefined],
    [true, undefined],
    [null, undefined],
    [['a'], undefined],
  ]
  for (const [value, expected] of rows) assert.equal(text(value), expected)
})

test('pages are origin and path; what is personal or secret in an address stays here', () => {
  const rows: readonly (readonly [unknown, string | undefined])[] = [
    ['https://shop.example.com/a/b?x=1#y', 'https://shop.example.com/a/b'],
    ['HTTPS://Shop.example.com', 'HTTPS://Shop.example.com'],
    ['https://user:secret@shop.example.com/a', 'https://shop.example.com/a'],
    ['https://shop.example.com/u/user@example.com', 'https://shop.example.com/'],
    ['https://shop.example.com/u/user%40example.com', 'https://shop.example.com/'],
    ['https://shop.example.com/@shop', 'https://shop.example.com/@shop'],
    ['/a', undefined],
    ['ftp://shop.example.com/', undefined],
    ['https://', undefined],
    ['https://a b/', undefined],
    [5, undefined],
  ]
  for (const [value, expected] of rows) assert.equal(pageOf(value), expected, String(value))
  assert.equal(siteOf('jsmith.myshopify.com'), 'https://jsmith.myshopify.com/')
  assert.equal(siteOf('https://shop.example.com/orders/secret?key=1'), 'https://shop.example.com/')
  assert.equal(siteOf('not a host'), undefined)
})

test('the click reference is never decoded, trimmed or guessed', () => {
  const rows: readonly (readonly [unknown, string | undefined])[] = [
    ['/?oppref=a%2Fb%20+', 'a%2Fb%20+'],
    ['https://x.example/?a=1&oppref=%E4%BD%A0&b=2', '%E4%BD%A0'],
    ['/?oppref=a#oppref=b', 'a'],
    ['/?oppref=', undefined],
    ['/?OPPREF=a', undefined],
    ['/?xoppref=a', undefined],
    ['/', undefined],
    [7, undefined],
  ]
  for (const [value, expected] of rows) assert.equal(clickInUrl(value), expected, String(value))
  assert.equal(
    clickAmong([
      ['color', 'x'],
      ['_oppref', ' a '],
    ]),
    ' a ',
  )
  assert.equal(
    clickAmong([
      ['oppref', 5],
      ['oppref', ''],
    ]),
    undefined,
  )
})

test('a clock is corrected from a millisecond beyond its tolerance, to both sides', () => {
  const [claimed, received] = [5_000_000, 9_000_000]
  for (const sign of [1, -1]) {
    assert.equal(byOurClock(claimed, received + sign * CLOCK_TOLERANCE_MS, received), claimed)
    const off = sign * (CLOCK_TOLERANCE_MS + 1)
    assert.equal(byOurClock(claimed, received + off, received), claimed - off)
  }
  assert.equal(byOurClock(claimed, undefined, received), claimed)
})

test('moments: milliseconds also as text, ISO 8601 as it is, UTC where the vendor says so', () => {
  assert.deepEqual(
    [momentOf('1773892800000'), momentOf(5), momentOf('2026-03-19T04:00:00Z'), momentOf(null)],
    [1_773_892_800_000, 5, '2026-03-19T04:00:00Z', undefined],
  )
  assert.deepEqual(
    [utcOf('2026-03-19T04:00:00'), utcOf('2026-03-19T04:00:00Z'), utcOf('2026-03-19T04:00:00+01:00'), utcOf(null)],
    ['2026-03-19T04:00:00Z', '2026-03-19T04:00:00Z', '2026-03-19T04:00:00+01:00', undefined],
  )
})
