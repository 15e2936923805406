import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf, testSkipCases, testWireCases, wireEvents } from '../harness.cases.ts'
import { createShopifySource, shopifyCall } from './index.ts'
import { ORDER, ORDER_WIRE, paid, SKIPPED, WIRE } from './shopify.cases.ts'

testWireCases(createShopifySource, WIRE)
testSkipCases(createShopifySource, SKIPPED)

test('topic and shop come from the headers, of a Request and of Node', () => {
  const headers = { 'x-shopify-topic': 'orders/paid', 'X-Shopify-Shop-Domain': 'jsmith.myshopify.com' }
  for (const each of [headers, new Headers(headers)]) {
    assert.deepEqual(wireEvents(createShopifySource()(shopifyCall(each, ORDER))), [ORDER_WIRE])
  }
})

test('the same order twice has the same content, whatever changed that is no part of it', () => {
  const source = createShopifySource()
  const later = paid({ current_total_price: '44.83', note: 'called', fulfillment_status: 'fulfilled' })
  assert.deepEqual(source(later).events, source(paid()).events)
})

test('what is no amount is refused in words and not sent without it', () => {
  const unreadable = [{}, [], true, 'twelve', '1,000.00', '12.345']
  for (const amount of unreadable) {
    const call = paid({ total_price: amount, total_price_set: undefined })
    assert.match(
      refusalOf(createShopifySource({ excessDecimals: 'refuse' })(call)).join(),
      /^(?:invalid_amount|too_many_decimals) at data\.amount$/,
    )
  }
})
