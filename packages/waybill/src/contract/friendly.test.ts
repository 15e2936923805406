import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { money } from '../money.ts'
import { type CheckResult, check } from './check.ts'
import { FRIENDLY, FRIENDLY_EXAMPLE, type FriendlyCase } from './friendly.cases.ts'
import type { FriendlyEvent } from './friendly-event.ts'
import { changed, exampleEvent, NOW } from './sample.cases.ts'

const judge = ({ change, contract, invalidIdentity }: FriendlyCase): CheckResult =>
  check(changed(FRIENDLY_EXAMPLE, change), { now: NOW, contract, invalidIdentity })

function at(object: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], object)
}

test('the example in friendly form becomes the example of the specification', () => {
  const result = check(FRIENDLY_EXAMPLE, { now: NOW })
  assert.ok(result.ok)
  assert.deepStrictEqual(result.event, exampleEvent())
  assert.deepEqual(result.warnings, [])
})

describe('the friendly form', () => {
  for (const row of FRIENDLY) {
    test(row.rule, () => {
      const result = judge(row)
      const issues = result.ok ? result.warnings : result.issues
      assert.deepEqual(
        issues.map(({ code, path }) => `${code} at ${path}`),
        row.issues,
      )
      assert.equal(result.ok, row.sent !== undefined)
      for (const [path, value] of Object.entries(row.sent ?? {})) {
        assert.deepStrictEqual(at(result.ok && result.event, path), value, path)
      }
    })
  }
})

test('what the friendly form became is accepted again unchanged', () => {
  for (const row of FRIENDLY) {
    const result = judge(row)
    if (!result.ok) continue
    const text = JSON.stringify(result.event)
    const again = check(JSON.parse(text), { now: NOW, contract: row.contract })
    assert.ok(again.ok, row.rule)
    assert.equal(JSON.stringify(again.event), text, row.rule)
  }
})

test('messages and hints speak of the friendly names', () => {
  const result = check({ ...FRIENDLY_EXAMPLE, actionSource: 1, sourceUrl: null }, { now: NOW })
  assert.ok(!result.ok)
  for (const { message, hint } of result.issues) assert.doesNotMatch(`${message} ${hint}`, /action_source|source_url/)
})

test('an event without a time is read in the form that its keys suggest', () => {
  const { timestamp: _timestamp, ...withoutTime } = FRIENDLY_EXAMPLE
  const result = check(withoutTime, { now: NOW })
  assert.ok(!result.ok)
  assert.deepEqual(
    result.issues.map(({ path }) => path),
    ['timestamp'],
  )
})

test('__proto__ in a free key stays an own key', () => {
  const data = JSON.parse('{"__proto__":{"polluted":true}}') as object
  const event = { ...FRIENDLY_EXAMPLE, type: 'custom', customEventName: 'q', user: undefined, data }
  const result = check(event, { now: NOW, contract: '2026-11' })
  assert.ok(result.ok)
  assert.equal(JSON.stringify(result.event.data), '{"type":"custom","__proto__":{"polluted":true}}')
  assert.equal((result.event.data as { polluted?: unknown }).polluted, undefined)
})

test('the input is never written to', () => {
  const frozen = structuredClone(FRIENDLY_EXAMPLE)
  const deepFreeze = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    Object.freeze(value)
    for (const child of Object.values(value)) deepFreeze(child)
  }
  deepFreeze(frozen)
  assert.ok(check(frozen, { now: NOW }).ok)
})

test('the types take what the documentation shows', () => {
  const order: FriendlyEvent = {
    id: 'order_1',
    type: 'order_created',
    timestamp: new Date(NOW),
    user: { email: ['a@example.com'], country: null },
    data: { amount: money('25.99', 'USD'), contents: [{ id: 'sku', quantity: 1, amount: '1.00' }] },
  }
  assert.ok(check(order, { now: NOW }).ok)
  // @ts-expect-error a bare number could be dollars or cents
  const ambiguous: FriendlyEvent = { ...order, data: { amount: 25.99, currency: 'USD' } }
  // @ts-expect-error not an event name
  const misnamed: FriendlyEvent = { ...order, type: 'purchase' }
  // @ts-expect-error the wire key has no place in the friendly form
  const mixed: FriendlyEvent = { ...order, user: { email_sha256: '' } }
  for (const event of [ambiguous, misnamed, mixed]) assert.equal(check(event, { now: NOW }).ok, false)
})
