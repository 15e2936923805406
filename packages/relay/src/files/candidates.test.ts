import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCandidates } from './candidates.ts'
import { tempFile } from './helpers.test.ts'
import { createMapper } from './mapper.ts'
import { openFile } from './open-file.ts'

test('a shop export with one line per item becomes events, guesses included', async (context) => {
  const text = [
    'Order ID,Event,Email,Paid at,Total,Currency,Lineitem sku,Lineitem quantity,Notes',
    '#1001,order_created,a@example.com,2026-03-01 12:00:00 +0100,30.00,EUR,sku_1,1,',
    '#1001,,,,,,sku_2,2,gift',
    '#1002,order_created,b@example.com,2026-03-01 12:05:00 +0100,"10,00",EUR,sku_1,1,',
    '#1003,order_created,c@example.com,2026-03-01 12:06:00 +0100,5.00,EUR,sku_3,1,',
  ].join('\n')
  const file = await openFile(tempFile(context, 'orders.csv', text))
  const mapper = createMapper(file.columns)
  const candidates = []
  for await (const batch of readCandidates(file, mapper)) candidates.push(...batch)
  await file.close()
  assert.deepEqual(mapper.summary().ignored, ['Notes'])
  assert.deepEqual(
    candidates.map(({ rows, issues }) => [rows.map((row) => row.line), issues.map((issue) => issue.code)]),
    [
      [[2, 3], []],
      [[4], ['invalid_amount']],
      [[5], []],
    ],
  )
  assert.deepEqual(candidates[0]?.input, {
    id: '#1001',
    type: 'order_created',
    timestamp: Date.parse('2026-03-01T11:00:00Z'),
    user: { email: 'a@example.com' },
    data: {
      amount: '30.00',
      currency: 'EUR',
      contents: [
        { id: 'sku_1', quantity: 1 },
        { id: 'sku_2', quantity: 2 },
      ],
    },
  })
})
