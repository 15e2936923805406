import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Answer, carriesVerdict, judgeAnswer, type Verdict, withTidyText } from './verdict.ts'

const SENT = 3
const NOW = Date.UTC(2026, 2, 19, 4)

const respond = (
  status: number,
  body: unknown,
  headers: { retryAfter?: string; date?: string; relay?: string } = {},
): Answer => ({
  kind: 'response',
  status,
  body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  ...headers,
})
const refusal = (error: object): object => ({
  error: { message: 'Invalid event.', type: 'invalid_request_error', param: null, code: null, ...error },
})
const validatorsList = [{ type: 'missing', loc: ['query', 'pid'], msg: 'Field required', input: null }]

/** By this a relay says that it is one. */
const RELAY = { relay: '0.2.0; clock=confirmed' }

type Expected = { readonly kind: Verdict['kind'] } & Record<string, unknown>

/** The design's table, a row for each line: what came back, and what it means. */
const ROWS: readonly (readonly [title: string, answer: Answer, expected: Expected])[] = [
  ['200 with the number sent is delivered', respond(200, { accepted_events: 3 }), { kind: 'delivered' }],
  ['200 with one fewer is counted once more', respond(200, { accepted_events: 2 }), { kind: 'recount' }],
  ['200 with none is counted once more', respond(200, { accepted_events: 0 }), { kind: 'recount' }],
  [
    '200 with more than were sent is ambiguous',
    respond(200, { accepted_events: 4 }),
    { kind: 'retry', ambiguous: true },
  ],
  ['200 with a negative count is ambiguous', respond(200, { accepted_events: -1 }), { kind: 'retry', ambiguous: true }],
  ['200 with a fraction is ambiguous', respond(200, { accepted_events: 2.5 }), { kind: 'retry', ambiguous: true }],
  [
    '200 with the count as text is ambiguous',
    respond(200, { accepted_events: '3' }),
    { kind: 'retry', ambiguous: true },
  ],
  ['200 without a count is ambiguous', respond(200, {}), { kind: 'retry', ambiguous: true }],
  ['200 with an HTML page is ambiguous', respond(200, '<!doctype html>'), { kind: 'retry', ambiguous: true }],
  ['200 with an empty body is ambiguous', respond(200, ''), { kind: 'retry', ambiguous: true }],
  ['200 with JSON null is ambiguous', respond(200, 'null'), { kind: 'retry', ambiguous: true }],
  ['200 with a body too long to read is ambiguous', respond(200, undefined), { kind: 'retry', ambiguous: true }],
  ['200 with JSON cut in the middle is ambiguous', respond(200, '{"accepted_ev'), { kind: 'retry', ambiguous: true }],
  ['201 is unknown, and may have stored', respond(201, { accepted_events: 3 }), { kind: 'retry', ambiguous: true }],
  ['204 is unknown, and may have stored', respond(204, ''), { kind: 'retry', ambiguous: true }],

  [
    '400 that names one event by param refuses it',
    respond(400, refusal({ code: 'invalid_event', param: 'events[1]' })),
    { kind: 'refused', events: [{ position: 1, code: 'invalid_event', message: 'Invalid event.', path: '' }] },
  ],
  [
    '400 that names events by errors[] refuses each for what is said of it first',
    respond(
      400,
      refusal({
        param: 'events[2]',
        code: 'invalid_event',
        errors: [
          { param: 'events[2].data.contents[4].amount', code: 'a', message: 'A' },
          { param: 'events[0].id', code: 'b', message: 'B' },
          { param: 'events[2].id', code: 'c', message: 'C' },
        ],
      }),
    ),
    {
      kind: 'refused',
      events: [
        { position: 0, code: 'b', message: 'B', path: 'id' },
        { position: 2, code: 'a', message: 'A', path: 'data.contents[].amount' },
      ],
    },
  ],
  [
    '422 that names an event too old keeps that code',
    respond(422, refusal({ code: 'event_timestamp_too_old', param: 'events[0].timestamp_ms', message: 'old' })),
    {
      kind: 'refused',
      events: [{ position: 0, code: 'event_timestamp_too_old', message: 'old', path: 'timestamp_ms' }],
    },
  ],
  [
    'a name beyond the request shows that names cannot be relied on',
    respond(400, refusal({ param: 'events[3]', code: 'invalid_event' })),
    { kind: 'refused', events: [] },
  ],
  [
    'an entry of errors[] that is no object is passed over',
    respond(400, refusal({ param: 'events[1]', code: 'x', errors: [null, 'text', 7] })),
    { kind: 'refused', events: [{ position: 1, code: 'x', message: 'Invalid event.', path: '' }] },
  ],
  [
    '400 with param null concerns events',
    respond(400, refusal({ code: 'invalid_event' })),
    { kind: 'refused', events: [] },
  ],
  ['422 with param null concerns events', respond(422, refusal({})), { kind: 'refused', events: [] }],
  ["400 without the API's JSON is a fault of the way", respond(400, 'Bad Request'), held('not_the_api')],
  ['400 with an empty body is a fault of the way', respond(400, ''), held('not_the_api')],
  ["422 with a load balancer's page is a fault of the way", respond(422, '<html>'), held('not_the_api')],
  ['400 whose error is a text is a fault of the way', respond(400, { error: 'bad' }), held('not_the_api')],
  ['400 with a number as param concerns events', respond(400, refusal({ param: 7 })), { kind: 'refused', events: [] }],
  [
    '400 that says Missing required field of an event it names is about the event',
    respond(400, refusal({ param: 'events[1].id', message: 'Missing required field: id' })),
    { kind: 'refused' },
  ],

  [
    '400 with a param of the body is a fault of the request',
    respond(400, refusal({ param: 'events' })),
    held('request_rejected'),
  ],
  [
    '422 with a param of the body is a fault of the request',
    respond(422, refusal({ param: 'integration_source' })),
    held('request_rejected'),
  ],
  [
    '400 Missing required field is a fault of the request',
    respond(400, refusal({ message: 'Missing required field: events' })),
    held('request_rejected'),
  ],
  [
    "400 with the validator's list as text is a fault of the request",
    respond(400, refusal({ message: JSON.stringify(validatorsList) })),
    held('request_rejected'),
  ],
  [
    "400 with the validator's list as a list is a fault of the request",
    respond(400, refusal({ message: validatorsList })),
    held('request_rejected'),
  ],

  ['401 holds the pixel', respond(401, refusal({ message: 'Unauthorized' })), held('unauthorized')],
  [
    '401 for missing scopes is a key of the wrong family',
    respond(401, refusal({ message: 'Missing scopes: ads.third_party_events.write' })),
    held('wrong_key_family'),
  ],
  ['401 without a body holds the pixel', respond(401, ''), held('unauthorized')],
  [
    '403 unknown pid is an unknown pixel, whatever its type says',
    respond(403, { error: { message: '403: unknown pid', type: 'server_error', param: null, code: null } }),
    held('unknown_pixel'),
  ],
  ['403 error code: 1010 is a web firewall', respond(403, 'error code: 1010'), held('blocked_by_firewall')],
  ['403 of another kind is forbidden', respond(403, '<html>'), held('forbidden')],
  ['404 holds the pixel', respond(404, refusal({ message: 'Not found' })), held('not_found')],
  ['301 holds the pixel', respond(301, ''), held('redirected')],
  ['302 holds the pixel', respond(302, ''), held('redirected')],
  ['308 holds the pixel', respond(308, ''), held('redirected')],
  ['304 holds the pixel', respond(304, ''), held('redirected')],

  ['413 is too large', respond(413, ''), { kind: 'too_large' }],

  ['408 is tried again and stored nothing', respond(408, ''), { kind: 'retry', ambiguous: false, slowDown: false }],
  ['425 is tried again and stored nothing', respond(425, ''), { kind: 'retry', ambiguous: false, slowDown: false }],
  ['429 is tried again, more slowly', respond(429, ''), { kind: 'retry', ambiguous: false, slowDown: true }],
  ['500 is tried again and may have stored', respond(500, ''), { kind: 'retry', ambiguous: true, slowDown: false }],
  ['502 is tried again and may have stored', respond(502, ''), { kind: 'retry', ambiguous: true }],
  ['503 is tried again, more slowly', respond(503, ''), { kind: 'retry', ambiguous: true, slowDown: true }],
  ['504 is tried again and may have stored', respond(504, ''), { kind: 'retry', ambiguous: true }],
  ['500 that names an event is no verdict on it', respond(500, refusal({ param: 'events[0]' })), { kind: 'retry' }],
  ['409, unknown, is tried again', respond(409, ''), { kind: 'retry' }],
  ['402, unknown, is tried again', respond(402, refusal({ param: 'events[0]' })), { kind: 'retry' }],
  [
    'a broken connection is tried again and may have stored',
    { kind: 'failure', reason: 'network' },
    { kind: 'retry', ambiguous: true },
  ],
  [
    'a timeout is tried again and may have stored',
    { kind: 'failure', reason: 'timeout' },
    { kind: 'retry', ambiguous: true },
  ],
  [
    'a server that cannot be trusted is tried again, and told apart',
    { kind: 'failure', reason: 'tls', detail: 'CERT_HAS_EXPIRED' },
    { kind: 'retry', code: 'tls', why: 'no TLS connection that can be trusted (CERT_HAS_EXPIRED)' },
  ],
  ['429 carries its Retry-After', respond(429, '', { retryAfter: '7' }), { kind: 'retry', retryAfterMs: 7_000 }],
  ['503 carries its Retry-After', respond(503, '', { retryAfter: '0' }), { kind: 'retry', retryAfterMs: 0 }],

  [
    "a relay's results that account for all are results",
    respond(200, { accepted_events: 2, results: [{ index: 1, status: 'refused', issues: [{ code: 'x' }] }] }, RELAY),
    { kind: 'results', results: [{ index: 1, status: 'refused', issues: [{ code: 'x' }] }] },
  ],
  [
    'results from an endpoint that does not say that it is a relay are ambiguous',
    respond(200, { accepted_events: 2, results: [{ index: 1, status: 'refused' }] }),
    { kind: 'retry', ambiguous: true },
  ],
  [
    'a relay that refused all answers 422 with results',
    respond(422, { accepted_events: 0, results: [0, 1, 2].map((index) => ({ index, status: 'refused' })) }, RELAY),
    { kind: 'results' },
  ],
  [
    "a relay's results that leave an event out of the count are ambiguous",
    respond(200, { accepted_events: 1, results: [{ index: 1, status: 'refused' }] }, RELAY),
    { kind: 'retry', ambiguous: true },
  ],
  [
    "a relay's results for an event that was not sent are ambiguous",
    respond(200, { accepted_events: 2, results: [{ index: 3, status: 'refused' }] }, RELAY),
    { kind: 'retry', ambiguous: true },
  ],
  [
    'so are results that account for all',
    respond(200, { accepted_events: 3, results: [] }),
    { kind: 'retry', ambiguous: true },
  ],
  [
    'and results under an empty header',
    respond(200, { accepted_events: 3, results: [] }, { relay: '' }),
    { kind: 'retry', ambiguous: true },
  ],
]

function held(code: string): Expected {
  return { kind: 'hold', code }
}

describe('judgeAnswer', () => {
  it('takes the results of a relay that does not say that it is one where a setting says it', () => {
    const body = { accepted_events: 2, results: [{ index: 1, status: 'refused' }] }
    assert.equal(judgeAnswer(respond(200, body), SENT, NOW, true).kind, 'results')
    assert.equal(judgeAnswer(respond(200, body), SENT, NOW, false).kind, 'retry')
  })

  for (const [title, answer, expected] of ROWS) {
    it(title, () => {
      const verdict: Record<string, unknown> = { ...judgeAnswer(answer, SENT, NOW) }
      const compared = Object.fromEntries(Object.keys(expected).map((key) => [key, verdict[key]]))
      assert.deepEqual(compared, expected)
    })
  }

  it('calls delivered nothing but a 200 whose count is the number sent', () => {
    for (let status = 100; status < 600; status++) {
      const verdict = judgeAnswer(respond(status, { accepted_events: SENT }), SENT, NOW)
      assert.equal(verdict.kind === 'delivered', status === 200, `status ${status}`)
    }
  })

  it('never lets a status other than 400 and 422 refuse an event', () => {
    for (let status = 100; status < 600; status++) {
      const verdict = judgeAnswer(respond(status, refusal({ param: 'events[0]' })), SENT, NOW)
      assert.equal(verdict.kind === 'refused', status === 400 || status === 422, `status ${status}`)
    }
  })
})

/** Whose `Date` is a claim about the time. */
const CARRIERS: readonly (readonly [title: string, answer: Answer, carries: boolean])[] = [
  ['200 with a count', respond(200, { accepted_events: 3 }), true],
  ['200 that counted none', respond(200, { accepted_events: 0 }), true],
  ['200 with a count as text', respond(200, { accepted_events: '3' }), false],
  ['200 with a page', respond(200, '<html>'), false],
  ['200 with an empty body', respond(200, ''), false],
  ['200 with a body that was cut', respond(200, undefined), false],
  ["400 with the API's JSON", respond(400, refusal({ param: 'events[0]' })), true],
  ["401 with the API's JSON", respond(401, refusal({ message: 'Unauthorized' })), true],
  ["422 with the API's JSON", respond(422, refusal({})), true],
  ["429 with the API's JSON", respond(429, refusal({})), true],
  ["499, the last of its kind, with the API's JSON", respond(499, refusal({})), true],
  ["400 with a load balancer's page", respond(400, '<html>'), false],
  ['400 whose error is a text', respond(400, { error: 'bad' }), false],
  ['400 with an empty body', respond(400, ''), false],
  ['403 of a firewall', respond(403, 'error code: 1010'), false],
  ['301', respond(301, ''), false],
  ["302 with the API's JSON", respond(302, refusal({})), false],
  ["500 with the API's JSON", respond(500, refusal({})), false],
  ['502 with a page', respond(502, '<html>'), false],
  ["503 with the API's JSON", respond(503, refusal({})), false],
  ['no connection', { kind: 'failure', reason: 'network' }, false],
  ['no answer', { kind: 'failure', reason: 'timeout' }, false],
  ['no TLS', { kind: 'failure', reason: 'tls' }, false],
  ['a relay whose clock is confirmed', respond(200, { accepted_events: 3 }, RELAY), true],
  ['a relay whose clock is in doubt', respond(200, { accepted_events: 3 }, { relay: '0.2.0; clock=doubt' }), false],
  ['a relay that refused all', respond(422, { accepted_events: 0, results: [] }, RELAY), true],
  ["a relay that answers 401 with the API's JSON", respond(401, refusal({}), RELAY), true],
  ['a relay that has no room', respond(503, refusal({}), RELAY), false],
  ['a page on the way that repeats the header', respond(400, '<html>', RELAY), false],
  ['a relay that does not say', respond(200, { accepted_events: 3 }, { relay: '0.1.0' }), false],
  [
    'a relay with another word that begins alike',
    respond(200, { accepted_events: 3 }, { relay: '0.2.0; clock=confirmedly' }),
    false,
  ],
]

describe('carriesVerdict', () => {
  for (const [title, answer, carries] of CARRIERS)
    it(`${title}: ${carries ? 'a claim' : 'no claim'}`, () => assert.equal(carriesVerdict(answer), carries))

  it('holds for nothing but 200 and 4xx', () => {
    for (let status = 100; status < 600; status++) {
      const carries =
        carriesVerdict(respond(status, refusal({}))) || carriesVerdict(respond(status, { accepted_events: 1 }))
      assert.equal(carries, status === 200 || (status >= 400 && status < 500), `status ${status}`)
    }
  })
})

it('what the API says can be tidied wherever it stands in a verdict', () => {
  const body = JSON.stringify({
    error: {
      message: 'events[1]: no',
      code: 'bad',
      param: 'events[1].id',
      errors: [{ param: 'events[1].id', message: 'secret' }],
    },
  })
  const refused = judgeAnswer({ kind: 'response', status: 400, body }, 2, 0)
  const told = JSON.stringify(withTidyText(refused, (text) => text.replace('secret', '[key]')))
  assert.ok(told.includes('[key]') && !told.includes('secret'))
  const held = judgeAnswer({ kind: 'response', status: 401, body: '{"error":{"message":"secret"}}' }, 1, 0)
  assert.ok(!JSON.stringify(withTidyText(held, () => '')).includes('secret'))
})
