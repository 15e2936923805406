import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EmulatorOptions } from './options.ts'
import { emulatorAt, errorOf, LEAD, NOW_MS, ORDER, post } from './sample.cases.ts'

const ORDER_TAG = 'pid=px_1&event=order_created&event_id=order_12345&oppref=oppref_abc&data[type]=contents'
const LEAD_TAG = 'pid=px_1&event=lead_created&event_id=lead_1&data[type]=customer_action'
const CUSTOM_TAG = 'pid=px_1&event=custom&event_id=1&data[type]=custom'

/** The items of an order travel as JSON in one parameter. */
const itemsOf = (contents: unknown): string => `data[contents]=${encodeURIComponent(JSON.stringify(contents))}`

function tag(
  query: string,
  options: EmulatorOptions = {},
): { answer: Promise<Response>; emulator: ReturnType<typeof emulatorAt> } {
  const emulator = emulatorAt(options)
  return { emulator, answer: emulator.fetch(`http://emulator/v1/sdk/events?${query}`) }
}

test('an image tag answers a GIF of one pixel and stores its event as of now', async () => {
  const items = itemsOf([{ id: 'sku_123', quantity: 1, amount: -5 }, { name: 'b' }])
  const { emulator, answer } = tag(`${ORDER_TAG}&data[amount]=2599&data[currency]=USD&${items}`)
  const response = await answer
  const bytes = Buffer.from(await response.arrayBuffer())
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'image/gif'])
  assert.deepEqual([bytes.toString('latin1', 0, 6), bytes.readUInt16LE(6), bytes.readUInt16LE(8)], ['GIF89a', 1, 1])
  const event = {
    id: 'order_12345',
    type: 'order_created',
    timestamp_ms: NOW_MS,
    oppref: 'oppref_abc',
    action_source: 'web',
    data: {
      type: 'contents',
      amount: 2599,
      currency: 'USD',
      contents: [{ id: 'sku_123', quantity: 1, amount: -5 }, { name: 'b' }],
    },
  }
  assert.deepEqual(emulator.events('px_1'), [{ event, channels: ['image'], received: 1 }])
})

test('an image tag and the server are one conversion, whichever comes first', async () => {
  const { emulator, answer } = tag(ORDER_TAG)
  await answer
  await post(emulator, { events: [ORDER, LEAD] })
  await emulator.fetch(`http://emulator/v1/sdk/events?${LEAD_TAG}`)
  const seen = emulator.events().map(({ event, channels, received }) => [event.id, channels, received])
  assert.deepEqual(seen, [
    ['order_12345', ['image', 'server'], 2],
    ['lead_1', ['server', 'image'], 2],
  ])
  assert.deepEqual(emulator.summary(), {
    requests: 3,
    rejected_requests: 0,
    validate_requests: 0,
    stored: 2,
    duplicates: 2,
  })
})

const ACCEPTED: readonly (readonly [query: string, contract?: '2026-06' | '2026-11'])[] = [
  [LEAD_TAG],
  [`${CUSTOM_TAG}&custom_event_name=quiz&data[plan_id]=p`],
  [
    `${ORDER_TAG}&${itemsOf([{ id: 'a', name: 'b', content_type: 'c', quantity: 1, amount: 1, currency: 'EUR' }])}`,
    '2026-06',
  ],
]

for (const [query, contract = 'both'] of ACCEPTED) {
  test(`an image tag is accepted: ${query}`, async () => {
    assert.equal((await tag(query, { contract }).answer).status, 200)
  })
}

const REFUSED: readonly (readonly [query: string, param: string | null, contract?: '2026-06' | '2026-11'])[] = [
  ['event=lead_created&event_id=1', null],
  [`${LEAD_TAG}&event_id=2`, 'event_id'],
  [`${LEAD_TAG}&user[city]=Paris`, 'user[city]'],
  [`${LEAD_TAG}&source_url=https://a.example`, 'source_url'],
  [`${LEAD_TAG}&timestamp_ms=1`, 'timestamp_ms'],
  [`${LEAD_TAG}&${itemsOf([])}`, 'data[contents]'],
  [`${ORDER_TAG}&data[contents][0][id]=1`, 'data[contents][0][id]'],
  [`${LEAD_TAG}&data[amount][x]=1`, 'data[amount][x]'],
  [`${CUSTOM_TAG}&custom_event_name=quiz&data[score]=1`, 'data[score]', '2026-11'],
  ['pid=px_1&event_id=1&data[type]=custom', 'event'],
  ['pid=px_1&event=lead_created&data[type]=customer_action', 'event_id'],
  ['pid=px_1&event=lead_created&event_id=&data[type]=customer_action', 'event_id'],
  ['pid=px_1&event=lead_created&event_id=1', 'data[type]'],
  [`${ORDER_TAG}&data[amount]=25.99&data[currency]=USD`, 'data[amount]'],
  [`${ORDER_TAG}&data[amount]=2599`, 'data[currency]'],
  [`${ORDER_TAG}&${itemsOf([])}&${itemsOf([])}`, 'data[contents]'],
  [`${ORDER_TAG}&data[contents]=[{]`, 'data[contents]'],
  [`${ORDER_TAG}&${itemsOf({ 0: { id: '1' } })}`, 'data[contents]'],
  [`${ORDER_TAG}&${itemsOf([{ quantity: 'x' }])}`, 'data[contents][0][quantity]'],
  [`${ORDER_TAG}&${itemsOf([{ group_id: 'g' }])}`, 'data[contents][0][group_id]', '2026-06'],
  [`${ORDER_TAG}&${itemsOf([{ id: '1' }, { group_id: 'g' }])}`, 'data[contents][1][group_id]', '2026-11'],
  [`${ORDER_TAG}&${itemsOf([{ variant_dict: { 'a[b]': 'x' } }])}`, 'data[contents][0][variant_dict]'],
  [`${ORDER_TAG}&data[contents]=[{"variant_dict":{"__proto__":"x"}}]`, 'data[contents][0][variant_dict]'],
  [`${CUSTOM_TAG}&custom_event_name=quiz&data[score]=1`, 'data[score]', '2026-06'],
  [CUSTOM_TAG, 'custom_event_name'],
  ['pid=px_1&event=app_opened&event_id=1&data[type]=customer_action', 'event'],
]

for (const [query, param, contract = 'both'] of REFUSED) {
  test(`an image tag is refused at ${param}: ${query}`, async () => {
    const { emulator, answer } = tag(query, { contract })
    const response = await answer
    assert.equal(response.status, 400)
    assert.equal((await errorOf(response)).param, param)
    assert.deepEqual([emulator.summary().stored, emulator.summary().rejected_requests], [0, 1])
  })
}

test('an image tag of another pixel answers 403, and a poisoned one 400', async () => {
  assert.equal((await tag(LEAD_TAG, { pixel: 'px_2' }).answer).status, 403)
  assert.equal((await tag(LEAD_TAG, { poison: 'lead' }).answer).status, 400)
})

test('faults do not touch the image tag', async () => {
  assert.equal((await tag(LEAD_TAG, { fault: { 500: 1 } }).answer).status, 200)
})
