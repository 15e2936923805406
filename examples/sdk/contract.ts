/** Examples of docs/sdk.md: the contract. Each region is one example; `npm run docs` puts them on the page, a test runs them. */
import assert from 'node:assert/strict'
import {
  ACTION_SOURCES,
  type ActionSource,
  type Check,
  type CheckOptions,
  type CheckResult,
  type CivilTime,
  CONTRACT_SETTINGS,
  CONTRACTS,
  COUNTRIES,
  type Contract,
  type ContractSetting,
  CURRENCIES,
  check,
  containsEmail,
  DATA_SHAPES,
  type DataShape,
  EVENT_NAMES,
  type EventName,
  type EventSchema,
  eventId,
  eventSchema,
  generationOf,
  type InvalidIdentity,
  ISSUES,
  type Issue,
  type IssueCode,
  type IssueDefinition,
  type IssueOrigin,
  isContract,
  issue,
  type Json,
  LEAST_TIME_LEFT_MS,
  MAX_AGE_MS,
  MAX_AHEAD_MS,
  MAX_CUSTOM_NAME_LENGTH,
  MAX_EVENTS_PER_REQUEST,
  MAX_IDENTITIES_PER_LIST,
  type Money,
  money,
  nearestKey,
  readIso8601,
  redact,
  type SchemaOptions,
  type Severity,
  SHAPE_OF_EVENT,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
  type StandardSchemaProps,
  shapeOf,
  type WireData,
  type WireEvent,
  type WireItem,
  type WireUser,
  withoutEmails,
  writtenFor,
} from 'waybill'

// #region check, Check, CheckOptions, CheckResult, InvalidIdentity
{
  const now = Date.parse('2026-03-19T04:00:00Z')
  const event = {
    id: 'order_1',
    type: 'order_created',
    timestamp: '2026-03-19T03:59:00Z',
    actionSource: 'web',
    sourceUrl: 'https://shop.example.com/done?utm_source=ads',
    user: { email: 'no address' },
    data: { amount: '25.99', currency: 'USD' },
  }
  const refused: CheckResult = check(event, { now })
  assert.ok(!refused.ok && refused.issues.some(({ path }) => path === 'user.email'))

  const invalidIdentity: InvalidIdentity = 'drop' // the conversion counts, without that field
  const options: CheckOptions = {
    now,
    invalidIdentity,
    contract: '2026-06',
    sourceUrlQuery: 'keep',
    leastTimeLeftMs: 60_000,
    maxAheadMs: 0,
  }
  const judge: Check = check // what `waybill/pixel` is given
  const taken = judge(event, options)
  assert.ok(taken.ok)
  assert.equal(taken.event.timestamp_ms, now - 60_000)
  assert.equal(taken.event.source_url, 'https://shop.example.com/done?utm_source=ads')
  assert.deepEqual(taken.event.data, { type: 'contents', amount: 2599, currency: 'USD' })
}
// #endregion

// #region eventSchema, EventSchema, SchemaOptions, StandardSchema, StandardSchemaProps, StandardResult, StandardIssue
{
  const options: SchemaOptions = { contract: '2026-11', now: () => Date.parse('2026-03-19T04:00:00Z') }
  const schema: EventSchema = eventSchema(options) // for tRPC, Hono, TanStack Form and whatever takes a Standard Schema
  const standard: StandardSchemaProps<unknown, WireEvent> = (schema as StandardSchema<unknown, WireEvent>)['~standard']
  const result: StandardResult<WireEvent> = standard.validate({ id: 'order_1', type: 'purchase' })
  const issues: readonly StandardIssue[] = result.issues ?? []
  assert.ok(issues.some(({ path, message }) => path[0] === 'type' && message.length > 0))
}
// #endregion

// #region issue, Issue, IssueCode, Severity
{
  const code: IssueCode = 'missing_currency'
  const found: Issue = issue(code, 'data.currency')
  const severity: Severity = found.severity
  assert.deepEqual([found.code, found.path, severity], ['missing_currency', 'data.currency', 'error'])
  assert.ok(found.message.length > 0)
}
// #endregion

// #region ISSUES, IssueDefinition, IssueOrigin
{
  const { origin, severity, about, fix }: IssueDefinition = ISSUES.missing_currency
  const whose: IssueOrigin = origin
  assert.deepEqual([whose, severity], ['specification', 'error'])
  assert.ok(about.length > 0 && fix.length > 0)
}
// #endregion

// #region money, Money
{
  const price: Money = money('25.99', 'USD')
  assert.deepEqual(price, { amount: 2599, currency: 'USD' })
  assert.deepEqual(money('2599', 'JPY'), { amount: 2599, currency: 'JPY' }) // no decimals
  assert.throws(() => money('1.005', 'EUR')) // nothing is rounded for you
}
// #endregion

// #region eventId
{
  assert.equal(eventId('order', 12345), eventId('order', '12345'))
  assert.notEqual(eventId('a', 'bc'), eventId('ab', 'c'))
  assert.match(eventId('order', 12345), /^wb_[0-9a-f]{32}$/)
}
// #endregion

// #region EVENT_NAMES, EventName, SHAPE_OF_EVENT, shapeOf, DATA_SHAPES, DataShape
{
  const name: EventName = 'order_created'
  const shape: DataShape = SHAPE_OF_EVENT[name]
  assert.equal(shape, 'contents')
  assert.equal(shapeOf('purchase'), undefined) // no name of the API
  assert.equal(EVENT_NAMES.length, 13)
  assert.deepEqual(DATA_SHAPES, ['contents', 'customer_action', 'plan_enrollment', 'custom'])
}
// #endregion

// #region ACTION_SOURCES, ActionSource
{
  const source: ActionSource = 'physical_store'
  assert.ok(ACTION_SOURCES.includes(source))
}
// #endregion

// #region CONTRACTS, CONTRACT_SETTINGS, Contract, ContractSetting, isContract
{
  const contract: Contract = '2026-11'
  const setting: ContractSetting = 'auto' // asks the account which one it reads
  assert.ok(isContract(contract) && !isContract(setting))
  assert.deepEqual(
    [CONTRACTS, CONTRACT_SETTINGS],
    [
      ['2026-06', '2026-11'],
      ['2026-06', '2026-11', 'auto'],
    ],
  )
}
// #endregion

// #region generationOf, writtenFor, WireEvent, WireData, WireItem, WireUser
{
  const item: WireItem = { id: 'sku_123', quantity: 1 }
  const data: WireData = { type: 'contents', amount: 2599, currency: 'USD', contents: [item] }
  const user: WireUser = { emails_sha256: ['b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'] }
  const event: WireEvent = { id: 'order_1', type: 'order_created', timestamp_ms: 1773892800000, data, user }
  assert.equal(generationOf(event), '2026-11')
  assert.deepEqual(writtenFor(event, '2026-06').user, { email_sha256: user.emails_sha256?.[0] })
}
// #endregion

// #region COUNTRIES, CURRENCIES
{
  assert.ok(COUNTRIES.has('DE') && !COUNTRIES.has('UK'))
  assert.deepEqual(
    ['USD', 'JPY', 'KWD', 'XAU'].map((code) => CURRENCIES.get(code)),
    [2, 0, 3, null],
  )
}
// #endregion

// #region MAX_AGE_MS, MAX_AHEAD_MS, LEAST_TIME_LEFT_MS
{
  const now = Date.now()
  const isInside = (atMs: number): boolean => atMs >= now - MAX_AGE_MS && atMs <= now + MAX_AHEAD_MS
  assert.deepEqual([isInside(now - 8 * 86_400_000), isInside(now)], [false, true])
  assert.equal(LEAST_TIME_LEFT_MS, 5_000)
}
// #endregion

// #region MAX_EVENTS_PER_REQUEST, MAX_CUSTOM_NAME_LENGTH, MAX_IDENTITIES_PER_LIST
{
  // `send` takes any number of events and makes requests of at most so many.
  assert.deepEqual([MAX_EVENTS_PER_REQUEST, MAX_CUSTOM_NAME_LENGTH, MAX_IDENTITIES_PER_LIST], [1_000, 64, 3])
}
// #endregion

// #region redact, Json
{
  const shown: Json = redact({ id: 'order_1', user: { email: 'user@example.com' }, note: 'call user@example.com' })
  assert.ok(!JSON.stringify(shown).includes('user@example.com'))
}
// #endregion

// #region containsEmail, withoutEmails
{
  assert.ok(containsEmail('?to=user%40example.com'))
  assert.equal(withoutEmails('No such user: user@example.com'), 'No such user: [removed]')
}
// #endregion

// #region nearestKey
{
  assert.equal(nearestKey('curency', ['amount', 'currency']), 'currency')
  assert.equal(nearestKey('colour', ['amount', 'currency']), undefined)
}
// #endregion

// #region readIso8601, CivilTime
{
  const time: CivilTime | undefined = readIso8601('2026-03-19T04:00:00+01:00')
  assert.deepEqual(time, { asUtcMs: Date.parse('2026-03-19T04:00:00Z'), offsetMinutes: 60 })
  assert.equal(readIso8601('2026-02-30T04:00:00Z'), undefined) // there is no such day
}
// #endregion
