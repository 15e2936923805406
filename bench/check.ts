/**
 * What judging an event costs beside reading it: `check` on the documented full example in wire form, every rule on, against
 * `JSON.parse` of the same bytes. Each round judges objects that were parsed for it, so that nothing is cached by identity.
 */
import { check } from 'waybill/contract'

const CEILING = 1.0
const ROUNDS = 300
const EVENTS_PER_ROUND = 1_000
const NOW = 1_773_892_860_000
const TEXT = JSON.stringify({
  id: 'order_12345',
  type: 'order_created',
  timestamp_ms: 1_773_892_800_000,
  oppref: 'oppref_abc',
  source_url: 'https://shop.example.com/checkout/confirmation',
  action_source: 'web',
  user: {
    email_sha256: 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514',
    external_id_sha256: '73d83a078369bb4f0971b317aa7797a91cf5c0df1b62161c2e47d75c33ab5b6e',
    country: 'US',
    city: 'San Francisco',
    zip_code: '94107',
    ip_address: '203.0.113.1',
    user_agent: 'Mozilla/5.0',
  },
  data: {
    type: 'contents',
    amount: 2599,
    currency: 'USD',
    contents: [{ id: 'sku_123', name: 'Starter bundle', content_type: 'product', quantity: 1 }],
  },
})

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

function timed(work: () => void): number {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start)
}

const ratios: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const events: unknown[] = []
  let accepted = 0
  const parsingNs = timed(() => {
    for (let index = 0; index < EVENTS_PER_ROUND; index++) events.push(JSON.parse(TEXT))
  })
  const checkingNs = timed(() => {
    for (const event of events) if (check(event, { now: NOW }).ok) accepted++
  })
  if (accepted !== EVENTS_PER_ROUND) throw new Error('The example event was refused.')
  ratios.push(checkingNs / parsingNs)
}

const ratio = median(ratios)
console.log(`check / JSON.parse: ${ratio.toFixed(2)} (ceiling ${CEILING.toFixed(1)})`)
process.exitCode = ratio > CEILING ? 1 : 0
