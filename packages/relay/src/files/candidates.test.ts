import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONTRACTS, check } from 'waybill'
import { readCandidates } from './candidates.ts'
import { planColumns } from './column-plan.ts'
import { tempFile } from './files.helpers.ts'
import { createMapper } from './mapper.ts'
import { openFile } from './open-file.ts'
import { knowledgeOf, surveyFile } from './survey.ts'

test('a shop export with one line per item becomes events, guesses included', async (context) => {
  const text = [
    'Order ID,Event,Email,Paid at,Total,Currency,Lineitem sku,Lineitem quantity,Notes',
    '#1001,order_created,a@example.com,2026-03-01 12:00:00 +0100,30.00,EUR,sku_1,1,',
    '#1001,,,,,,sku_2,2,gift',
    '#1002,order_created,b@example.com,2026-03-01 12:05:00 +0100,ten,EUR,sku_1,1,',
    '#1003,order_created,c@example.com,2026-03-01 12:06:00 +0100,5.00,EUR,sku_3,1,',
  ].join('\n')
  const path = tempFile(context, 'orders.csv', text)
  const survey = await surveyFile(() => openFile(path))
  const file = await openFile(path)
  const candidates = []
  for await (const batch of readCandidates(file, createMapper(survey.plan), knowledgeOf(survey)))
    candidates.push(...batch)
  await file.close()
  assert.deepEqual([survey.plan.ignored, survey.doubts], [['Notes'], []])
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

const ALL_COLUMNS = {
  id: 'order_1',
  type: 'order_created',
  timestamp_ms: '1772366400000',
  action_source: 'web',
  source_url: 'https://shop.example.com/checkout',
  'user.email_sha256': 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514',
  external_id: 'customer_12345',
  country: 'DE',
  zip_code: '10115',
  'data.amount': '2599',
  currency: 'EUR',
  'contents.0.id': 'sku_1',
  'contents.0.amount': '2599',
  quantity: '1',
}

test('what the columns become is what the check of events takes, under both contracts', () => {
  const { input } = createMapper(planColumns(Object.keys(ALL_COLUMNS))).map({
    line: 2,
    cells: Object.values(ALL_COLUMNS),
  })
  for (const contract of CONTRACTS) {
    const result = check(input, { now: 1772366400000, contract, invalidIdentity: 'refuse' })
    assert.ok(result.ok, JSON.stringify(result))
    assert.deepEqual([result.event.data.amount, result.warnings], [2599, []])
  }
})

test('a file can be closed before it was read to its end', async (context) => {
  const file = await openFile(tempFile(context, 'orders.csv', `id\n${'a\n'.repeat(200_000)}`))
  for await (const rows of file.rows) if (rows.length > 0) break
  await file.close()
  assert.ok(file.bytesRead() < (file.bytesTotal ?? 0))
})
