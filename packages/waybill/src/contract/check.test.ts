import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { ConfigError } from '../errors.ts'
import { ACCEPTED } from './accept.cases.ts'
import { type CheckOptions, type CheckResult, check } from './check.ts'
import type { Issue } from './issue.ts'
import { LEAST_TIME_LEFT_MS } from './limits.ts'
import { NOT_AN_EVENT, REFUSED } from './refuse.cases.ts'
import {
  baseEvent,
  type Case,
  type Change,
  changed,
  EXAMPLE_TEXT,
  exampleEvent,
  NOW,
  type WarnCase,
} from './sample.cases.ts'
import { WARNED } from './warn.cases.ts'

const FIELDS_OF_THE_SEED = [
  'id',
  'type',
  'timestamp_ms',
  'data',
  'custom_event_name',
  'source_url',
  'action_source',
  'oppref',
  'user',
  'opt_out',
]

const inputOf = ({ change, contract = '2026-06' }: Case): unknown => changed(baseEvent(contract), change)
const judge = (input: unknown, options: Partial<CheckOptions> = {}): CheckResult =>
  check(input, { now: NOW, ...options })
const placed = (issues: readonly Issue[]): string[] => issues.map(({ code, path }) => `${code} at ${path}`)
const issuesOf = (result: CheckResult): string[] => placed(result.ok ? result.warnings : result.issues)

test("the specification's full example passes unchanged: the same object, the same JSON text, no warning", () => {
  const event = exampleEvent()
  const before = JSON.stringify(event)
  const result = judge(event)
  assert.ok(result.ok)
  assert.equal(result.event, event)
  assert.deepStrictEqual(result.event, JSON.parse(EXAMPLE_TEXT))
  assert.equal(JSON.stringify(result.event), before)
  assert.equal(before, JSON.stringify(JSON.parse(EXAMPLE_TEXT)))
  assert.deepEqual(result.warnings, [])
})

describe('events that pass without a warning, as the object that went in', () => {
  for (const row of ACCEPTED) {
    test(row.rule, () => {
      const input = inputOf(row)
      const before = JSON.stringify(input)
      const result = judge(input, row)
      assert.deepEqual(issuesOf(result), [])
      assert.ok(result.ok)
      assert.equal(result.event, input)
      assert.equal(JSON.stringify(result.event), before)
    })
  }
})

describe('events that pass with warnings, changed only as the warnings say', () => {
  for (const row of WARNED) {
    test(row.rule, () => {
      const input = inputOf(row)
      const before = JSON.stringify(input)
      const result = judge(input, row)
      assert.deepEqual(issuesOf(result), row.warnings)
      assert.ok(result.ok)
      const expected = row.sent === undefined ? input : changed(input as object, row.sent)
      assert.equal(JSON.stringify(result.event), JSON.stringify(expected))
      if (row.sent === undefined) assert.equal(result.event, input)
      assert.equal(JSON.stringify(input), before, 'the input is never written to')
    })
  }
})

describe('events that are refused, with every issue and its path', () => {
  for (const row of REFUSED) {
    test(row.rule, () => {
      const result = judge(inputOf(row), row)
      assert.deepEqual(issuesOf(result), row.issues)
      assert.equal(result.ok, false)
    })
  }
})

test('what is no object is refused as such', () => {
  for (const input of NOT_AN_EVENT) assert.deepEqual(issuesOf(judge(input)), ['not_an_object at '])
})

test('an empty event lacks the four required fields', () => {
  assert.deepEqual(issuesOf(judge({})), [
    'missing_field at id',
    'missing_field at type',
    'missing_field at timestamp_ms',
    'missing_field at data',
  ])
})

test("each row of the specification's field table has cases that pass and cases that are refused", () => {
  const touches = (field: string, rows: readonly Case[]): boolean =>
    rows.some(({ change }) => Object.keys(change).some((path) => path === field || path.startsWith(`${field}.`)))
  assert.deepEqual(
    FIELDS_OF_THE_SEED.filter((field) => !touches(field, ACCEPTED) || !touches(field, REFUSED)),
    [],
  )
})

test('every issue has a message and a hint, and warnings alone never refuse', () => {
  for (const row of [...REFUSED, ...WARNED]) {
    const result = judge(inputOf(row), row)
    const issues = result.ok ? result.warnings : result.issues
    for (const issue of issues) assert.ok(issue.message.length > 10 && (issue.hint ?? '').length > 5, row.rule)
    assert.equal(result.ok, !issues.some(({ severity }) => severity === 'error'), row.rule)
  }
})

test('a source_url is kept whole where the setting says so', () => {
  const event = { ...exampleEvent(), source_url: 'https://a.example/p?q=1#f' }
  const result = judge(event, { sourceUrlQuery: 'keep' })
  assert.ok(result.ok)
  assert.equal(result.event, event)
  const withEmail = { ...event, source_url: 'https://a.example/p?q=user@example.com' }
  assert.deepEqual(issuesOf(judge(withEmail, { sourceUrlQuery: 'keep' })), ['email_outside_user at source_url'])
})

describe('drop: what may not be sent of user is left out with a warning, and nothing else changes', () => {
  const DROPPED: readonly (WarnCase & { readonly sent: Change })[] = [
    {
      rule: 'a raw address',
      change: { 'user.email': 'user@example.com' },
      warnings: ['raw_identity at user.email'],
      sent: { 'user.email': undefined },
    },
    {
      rule: 'a bad hash in the middle, the order of the others kept',
      change: { 'user.external_id_sha256': 'x' },
      warnings: ['invalid_hash at user.external_id_sha256'],
      sent: { 'user.external_id_sha256': undefined },
    },
    {
      rule: 'a key called __proto__',
      change: { 'user.__proto__': { country: 'DE' } },
      warnings: ['unknown_field at user.__proto__'],
      sent: { 'user.__proto__': undefined },
    },
    {
      rule: 'bad values of a list, and a list of nothing else',
      contract: '2026-11',
      change: { 'user.countries': ['UK', 'GB', null], 'user.cities': ['x'.repeat(129)], 'user.regions': [] },
      warnings: [
        'invalid_list_value at user.countries[0]',
        'means_nothing at user.countries[2]',
        'invalid_list_value at user.cities[0]',
      ],
      sent: { 'user.countries': ['GB'], 'user.cities': undefined },
    },
    {
      rule: 'a user of which nothing is left',
      change: { user: { phone: '+14155552671' } },
      warnings: ['identity_not_in_contract at user.phone'],
      sent: { user: undefined },
    },
    {
      rule: 'a user of another type',
      change: { user: [] },
      warnings: ['invalid_type at user'],
      sent: { user: undefined },
    },
  ]
  for (const row of DROPPED) {
    test(row.rule, () => {
      const input = inputOf(row)
      const result = judge(input, { ...row, invalidIdentity: 'drop' })
      assert.deepEqual(issuesOf(result), row.warnings)
      assert.ok(result.ok)
      assert.equal(JSON.stringify(result.event), JSON.stringify(changed(input as object, row.sent)))
    })
  }
})

test('maxAheadMs moves the limit into the future and no other', () => {
  const ahead = { ...exampleEvent(), timestamp_ms: NOW + 86_400_000 }
  assert.ok(judge(ahead, { maxAheadMs: 86_400_000 }).ok)
  assert.deepEqual(issuesOf(judge(ahead, { maxAheadMs: 86_399_999 })), ['event_timestamp_in_future at timestamp_ms'])
})

test('what leaves its window within the least time is refused, with the seconds left', () => {
  const left = (ms: number): CheckResult =>
    judge({ ...exampleEvent(), timestamp_ms: NOW - 604_800_000 + ms }, { leastTimeLeftMs: LEAST_TIME_LEFT_MS })
  assert.ok(left(5_000).ok && left(5_001).ok)
  const late = left(4_999)
  assert.deepEqual(issuesOf(late), ['expires_too_soon at timestamp_ms'])
  assert.match((!late.ok && late.issues[0]?.message) || '', /in 5\.0 seconds/)
  assert.deepEqual(issuesOf(left(-1)), ['event_timestamp_too_old at timestamp_ms'])
})

test('a Date of another realm is a Date; what only looks like one is none', () => {
  const event = { id: 'o', type: 'lead_created' }
  const at = (timestamp: unknown): CheckResult => judge({ ...event, timestamp })
  const foreign = at(runInNewContext(`new Date(${NOW})`))
  assert.equal(foreign.ok && foreign.event.timestamp_ms, NOW)
  for (const value of [runInNewContext('new Date(NaN)'), { getTime: () => NOW }, Object.create(Date.prototype)])
    assert.deepEqual(issuesOf(at(value)), ['invalid_timestamp at timestamp'])
})

test('names of Meta, GA4, TikTok and Segment are answered with the name here', () => {
  const NAMES = {
    purchase: 'order_created',
    Purchase: 'order_created',
    CompletePayment: 'order_created',
    'Order Completed': 'order_created',
    lead: 'lead_created',
    generate_lead: 'lead_created',
    SubmitForm: 'lead_created',
    CompleteRegistration: 'registration_completed',
    sign_up: 'registration_completed',
    AddToCart: 'items_added',
    add_to_cart: 'items_added',
    InitiateCheckout: 'checkout_started',
    begin_checkout: 'checkout_started',
    ViewContent: 'contents_viewed',
    view_item: 'contents_viewed',
    PageView: 'page_viewed',
    page_view: 'page_viewed',
    Subscribe: 'subscription_created',
    StartTrial: 'trial_started',
    Schedule: 'appointment_scheduled',
  }
  for (const [name, meant] of Object.entries(NAMES)) {
    const result = judge({ ...exampleEvent(), type: name })
    assert.equal(!result.ok && result.issues[0]?.hint, `Did you mean "${meant}"?`, name)
  }
})

test('a missing clock and an unknown contract are faults of the caller', () => {
  const fails = (options: unknown, code: string): void =>
    assert.throws(
      () => check(exampleEvent(), options as CheckOptions),
      (error) => error instanceof ConfigError && error.code === code,
    )
  for (const options of [undefined, {}, { now: 'now' }, { now: new Date(NOW) }, { now: Number.NaN }])
    fails(options, 'invalid_now')
  for (const contract of ['2026', 'toString', '__proto__', null]) fails({ now: NOW, contract }, 'invalid_contract')
})

describe('a name that was probably meant is suggested', () => {
  const HINTS: readonly (readonly [path: string, hint: string])[] = [
    ['event_id', 'Did you mean "id"?'],
    ['event_name', 'Did you mean "type"?'],
    ['event_time', 'Did you mean "timestamp_ms"?'],
    ['event_source_url', 'Did you mean "source_url"?'],
    ['event_data', 'Did you mean "data"?'],
    ['actionSource', 'Did you mean "action_source"?'],
    ['user_data', 'Did you mean "user"?'],
    ['oppreff', 'Did you mean "oppref"?'],
    ['value', 'Did you mean "data.amount"?'],
    ['currency', 'Did you mean "data.currency"?'],
    ['country', 'Did you mean "user.country"?'],
    ['email', 'Hash it and send it as "user.email_sha256".'],
    ['data.value', 'Did you mean "amount"?'],
    ['data.items', 'Did you mean "contents"?'],
    ['data.plan_id', 'Other event names take this key; this one does not.'],
    ['data.quantity', 'This key belongs to an item of contents.'],
    ['data.email', 'Identity belongs in user, hashed.'],
    ['data.contents[0].price', 'Did you mean "amount"?'],
    ['data.contents[0].item_id', 'Did you mean "id"?'],
    ['user.zip', 'Did you mean "zip_code"?'],
    ['user.email', 'Hash it and send it as "email_sha256", or use the friendly form, which hashes for you.'],
  ]
  for (const [path, hint] of HINTS) {
    test(`${path}: ${hint}`, () => {
      const result = judge(changed(exampleEvent(), { [path]: 'x' }))
      assert.ok(!result.ok)
      assert.deepEqual(
        result.issues.map((issue) => issue.hint),
        [hint],
      )
    })
  }
  test('type: an event name of nearly the same letters', () => {
    const result = judge({ ...exampleEvent(), type: 'orderCreated' })
    assert.ok(!result.ok)
    assert.equal(result.issues[0]?.hint, 'Did you mean "order_created"?')
  })
})
