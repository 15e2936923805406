import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { accuracy, guessColumns, minorUnits, ordersOf } from './orders.ts'

const HEADS: readonly (readonly [head: string[], columns: [id: number, amount: number, currency: number]])[] = [
  [
    ['Name', 'Email', 'Currency', 'Subtotal', 'Total'],
    [0, 4, 2],
  ],
  [
    ['order_id', 'amount', 'currency'],
    [0, 1, 2],
  ],
  [
    ['date', 'Order Number', 'Order Total'],
    [1, 2, -1],
  ],
  [
    ['a', 'b'],
    [0, -1, -1],
  ],
]

const AMOUNTS: readonly (readonly [
  text: string | undefined,
  currency: string | undefined,
  minor: number | undefined,
])[] = [
  ['25.99', 'USD', 2_599],
  ['1,234.50', 'USD', 123_450],
  ['1.234,50 €', 'EUR', 123_450],
  ["1'234", 'CHF', 123_400],
  ['$25', undefined, 2_500],
  ['2500', 'JPY', 2_500],
  ['25.9', 'USD', 2_590],
  ['-3.00', 'USD', -300],
  ['', 'USD', undefined],
  ['free', 'USD', undefined],
  [undefined, 'USD', undefined],
]

describe('the orders of a shop', () => {
  for (const [head, [id, amount, currency]] of HEADS) {
    it(`finds the columns of ${head.join(', ')}`, () => assert.deepEqual(guessColumns(head), { id, amount, currency }))
  }

  for (const [text, currency, minor] of AMOUNTS) {
    it(`reads ${text} ${currency} as ${minor}`, () => assert.equal(minorUnits(text, currency), minor))
  }

  it('count once, however many lines they have', () => {
    const rows = [
      ['1', '10.00', 'eur'],
      ['1', '', ''],
      ['', '3.00', 'EUR'],
      ['2', 'x', 'nothing'],
    ]
    assert.deepEqual(ordersOf(rows, { id: 0, amount: 1, currency: 2 }), [
      { id: '1', amount: 1_000, currency: 'EUR' },
      { id: '2' },
    ])
  })

  it('arrived by the share of those delivered and those left out on purpose', () => {
    assert.equal(
      accuracy(
        new Map([
          ['delivered', 95],
          ['skipped', 3],
          ['unknown', 2],
        ]),
      ),
      98,
    )
    assert.equal(accuracy(new Map()), 0)
  })
})
