import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lifecycleLine, type StreamMessage } from './lifecycle-line.ts'

const LINES: readonly (readonly [
  message: { readonly type: string; readonly [detail: string]: unknown },
  line: string,
])[] = [
  [{ type: 'event:accepted', pixel: 'px', id: 'a', status: 'duplicate' }, 'event:accepted    px  a  duplicate'],
  [
    { type: 'event:accepted', pixel: 'px', source: 's', count: 0, duplicates: 3, refused: 0, codes: {} },
    'event:accepted    px  0 from s  3 known before',
  ],
  [{ type: 'event:refused', pixel: 'px', id: '', code: 'c', at: 'intake' }, 'event:refused     px  c  at intake'],
  [{ type: 'event:expiring', pixel: 'px', count: 3, withinMs: 3_600_000 }, 'event:expiring    px  3 expire within 1 h'],
  [{ type: 'shape:resumed', pixel: 'px', shape: 'order_created|a|b' }, 'shape:resumed     px  order_created|a|b'],
  [{ type: 'clock:confirmed', skewMs: -5 }, "clock:confirmed   -5 ms from the API's"],
  [
    { type: 'tls:failed', pixel: 'px', message: 'CERT_HAS_EXPIRED', hint: 'h' },
    'tls:failed        px  CERT_HAS_EXPIRED  h',
  ],
  [{ type: 'tls:recovered', pixel: 'px' }, 'tls:recovered     px'],
  [
    {
      type: 'source:called',
      pixel: 'px',
      source: 'shopify',
      skipped: [{ code: 'unpaid', ref: '7', message: 'It is not paid.' }],
      conflicts: [{ code: 'other_shop', ref: '8', message: 'Another shop.' }],
    },
    'source:called     px  shopify  skipped unpaid 7 It is not paid.  conflict other_shop 8 Another shop.',
  ],
  [
    { type: 'source:refused', source: 'stripe', status: 401, reason: 'wrong_signature' },
    'source:refused    stripe  turned away 401  wrong_signature',
  ],
  [{ type: 'engine:failed' }, 'engine:failed'],
  [{ type: 'newer:thing', pixel: 'px', a: 1 }, 'newer:thing       px  {"a":1}'],
  [
    { type: 'event:edited', pixel: 'px', name: 'n', id: '\u001b[2J', by: 'me' },
    'event:edited      px  n  \\u001b[2J  by me',
  ],
]

for (const [message, line] of LINES) {
  test(`a message of type ${message.type} is the line ${JSON.stringify(line)}`, () => {
    assert.equal(lifecycleLine({ ...message, atMs: 0 } as StreamMessage), `1970-01-01T00:00:00.000Z  ${line}`)
  })
}
