import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSkipCases, testWireCases, wireEvents } from '../harness.cases.ts'
import { createWooCommerceSource, wooCommerceCall } from './index.ts'
import { ORDER, ORDER_WIRE, SKIPPED, updated, WIRE } from './woocommerce.cases.ts'

testWireCases(createWooCommerceSource, WIRE)
testSkipCases(createWooCommerceSource, SKIPPED)

test('topic and shop come from the headers', () => {
  const headers = { 'X-WC-Webhook-Topic': 'order.updated', 'X-WC-Webhook-Source': 'https://shop.example.com/' }
  assert.deepEqual(wireEvents(createWooCommerceSource()(wooCommerceCall(headers, ORDER))), [ORDER_WIRE])
})

test('an order that is worked on is the same event, to the last byte', () => {
  const source = createWooCommerceSource()
  const first = JSON.stringify(source(updated()).events)
  const later = [
    { status: 'completed', date_modified_gmt: '2026-03-20T00:00:00', date_completed_gmt: '2026-03-20T00:00:00' },
    { date_paid_gmt: '2026-03-19T05:00:00', transaction_id: 'ch_1', version: '10.1' },
    { refunds: [{ id: 1, reason: '', total: '-1.00' }] },
  ]
  for (const change of later) assert.equal(JSON.stringify(source(updated(change)).events), first)
})

test('wrong options are the caller’s fault', () => {
  assert.throws(() => createWooCommerceSource({ statuses: [] }), /statuses/)
  assert.throws(() => createWooCommerceSource({ itemId: 'name' as 'sku' }), /itemId is one of "sku", "variant_id"/)
})
