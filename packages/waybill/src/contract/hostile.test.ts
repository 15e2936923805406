import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { contract, email, mutatedEvent } from './arbitrary.cases.ts'
import { type CheckResult, check } from './check.ts'
import { FRIENDLY_EXAMPLE } from './friendly.cases.ts'
import { ISSUES, type Issue } from './issue.ts'
import type { Contract } from './names.ts'
import { changed, EXAMPLE_TEXT, exampleEvent, NOW } from './sample.cases.ts'

const RUNS = { numRuns: 2_000 }
const modes = fc.constantFrom('refuse' as const, 'drop' as const)

/** `check`, and what must hold of every result. */
function judge(input: unknown, generation: Contract, invalidIdentity: 'refuse' | 'drop' = 'refuse'): CheckResult {
  const result = check(input, { now: NOW, contract: generation, invalidIdentity })
  const issues = result.ok ? result.warnings : result.issues
  for (const issue of issues) assert.ok(Object.hasOwn(ISSUES, issue.code), issue.code)
  assert.equal(result.ok, !issues.some(({ severity }) => severity === 'error'))
  return result
}

const issuesOf = (result: CheckResult): readonly Issue[] => (result.ok ? result.warnings : result.issues)
const codesOf = (input: unknown, generation: Contract = '2026-06'): string[] =>
  issuesOf(judge(input, generation)).map(({ code, path }) => `${code} at ${path}`)

test('check never throws on any JSON, and every code that it gives is in the list', () => {
  fc.assert(
    fc.property(fc.jsonValue(), contract, modes, (input, generation, mode) => {
      judge(input, generation, mode)
    }),
    RUNS,
  )
})

test('check never throws on an event with any JSON at any place', () => {
  fc.assert(
    fc.property(mutatedEvent(fc.jsonValue()), contract, modes, (input, generation, mode) => {
      judge(input, generation, mode)
    }),
    RUNS,
  )
})

test('check never throws on what is no JSON', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
  })
  fc.assert(
    fc.property(mutatedEvent(anything), contract, modes, (input, generation, mode) => {
      judge(input, generation, mode)
    }),
    RUNS,
  )
})

test('an accepted event is accepted again unchanged, whatever form it came in', () => {
  fc.assert(
    fc.property(mutatedEvent(fc.jsonValue()), contract, modes, (input, generation, mode) => {
      const first = judge(input, generation, mode)
      if (!first.ok) return
      const text = JSON.stringify(first.event)
      const parsed: unknown = JSON.parse(text)
      const again = judge(parsed, generation)
      assert.ok(again.ok, text)
      assert.equal(again.event, parsed)
      assert.equal(JSON.stringify(again.event), text)
    }),
    RUNS,
  )
})

test('a raw email address never appears in an issue, wherever it stood', () => {
  const where = fc.constantFrom<(address: string) => unknown>(
    (address) => address,
    (address) => `mailto:${address}?subject=x`,
    (address) => [address],
    (address) => ({ [address]: address }),
    (address) => ({ note: { [address]: [1, { [address]: address }] } }),
    (address) => [{ id: address, [address]: 1, variant_dict: { [address]: 1, x: address } }],
    (address) => `https://a.example/${address}?e=${encodeURIComponent(address)}`,
  )
  const withEmail = email.chain((address) =>
    fc.tuple(fc.constant(address), mutatedEvent(where.map((put) => put(address))), fc.boolean()),
  )
  fc.assert(
    fc.property(withEmail, contract, modes, ([address, event, asKey], generation, mode) => {
      const input = asKey ? { ...(event as object), [address]: 1 } : event
      const told = JSON.stringify(issuesOf(judge(input, generation, mode)))
      assert.ok(!told.includes(address), told)
      assert.ok(!told.includes(`${address.split('@')[0]}@`), told)
    }),
    RUNS,
  )
})

test('an email address that is sent in clear is an error, in every text and in every key', () => {
  const PLACES = ['id', 'custom_event_name', 'source_url', 'data.contents[0].id', 'data.contents[0].name', 'user.city']
  fc.assert(
    fc.property(email, fc.constantFrom(...PLACES), (address, path) => {
      const value = path === 'source_url' ? `https://a.example/${address}` : `x ${address}, y`
      assert.ok(codesOf(changed(exampleEvent(), { [path]: value })).includes(`email_outside_user at ${path}`))
    }),
  )
})

test('a getter that throws makes the event unreadable and nothing worse', () => {
  const bomb = (): never => {
    throw new Error('user@example.com')
  }
  for (const path of [
    'id',
    'timestamp',
    'timestamp_ms',
    'user.email_sha256',
    'data.type',
    'data.amount',
    'data.contents',
  ]) {
    const event = exampleEvent() as unknown as Record<string, object>
    const [first, second] = path.split('.') as [string, string?]
    Object.defineProperty(second ? event[first] : event, second ?? first, { get: bomb, enumerable: true })
    assert.deepEqual(codesOf(event), ['unreadable_event at '])
  }
  const currency = { toString: bomb, valueOf: bomb, [Symbol.toPrimitive]: bomb }
  const withMoney = { ...FRIENDLY_EXAMPLE, data: { amount: { amount: 1, currency }, currency: 'USD' } }
  assert.deepEqual(codesOf(withMoney), ['currency_mismatch at data.amount'])
})

test('a proxy that refuses every access makes the event unreadable', () => {
  const refuse = (): never => {
    throw new Error('no')
  }
  const handler = {
    get: refuse,
    ownKeys: refuse,
    has: refuse,
    getPrototypeOf: refuse,
    getOwnPropertyDescriptor: refuse,
  }
  assert.deepEqual(codesOf(new Proxy({}, handler)), ['unreadable_event at '])
  assert.deepEqual(codesOf({ ...exampleEvent(), data: new Proxy({}, handler) }), ['unreadable_event at '])
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  assert.deepEqual(codesOf({ ...exampleEvent(), user: proxy }), ['unreadable_event at '])
})

test('cyclic values and values that JSON cannot hold are refused at their place', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  const list: unknown[] = []
  list.push(list)
  const values = {
    cycle,
    list,
    big: 1n,
    symbol: Symbol('x'),
    call: () => {},
    date: new Date(NOW),
    hole: Object.assign([], { 2: 'x' }),
    nan: Number.NaN,
  }
  for (const [key, value] of Object.entries(values)) {
    const event = {
      ...exampleEvent(),
      type: 'custom',
      custom_event_name: 'q',
      user: {},
      data: { type: 'custom', [key]: value },
    }
    assert.deepEqual(codesOf(event, '2026-11'), [`not_json at data.${key}`])
  }
  const variants = { ...exampleEvent(), user: {}, data: { type: 'contents', contents: [{ variant_dict: cycle }] } }
  assert.deepEqual(codesOf(variants, '2026-11'), ['invalid_type at data.contents[0].variant_dict.self'])
})

test('numbers that JSON cannot hold are wrong types', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('x'), new Date(NOW)]) {
    for (const path of ['timestamp_ms', 'data.amount', 'data.contents[0].quantity']) {
      const event = exampleEvent() as unknown as { data: { contents: object[] } }
      const holder = path === 'timestamp_ms' ? event : path === 'data.amount' ? event.data : event.data.contents[0]!
      Object.assign(holder, { [path.split('.').at(-1)!]: value })
      assert.deepEqual(codesOf(event), [`invalid_type at ${path}`])
    }
  }
})

test('an array that claims to have billions of elements costs no time', () => {
  const huge: unknown[] = []
  huge.length = 2 ** 32 - 1
  const event = (data: object, user: object = {}): object => ({ ...exampleEvent(), user, data })
  assert.deepEqual(codesOf(event({ type: 'contents', contents: huge })), ['not_json at data.contents[0]'])
  assert.deepEqual(codesOf(event({ type: 'contents' }, { emails_sha256: huge }), '2026-11'), [
    'invalid_type at user.emails_sha256[0]',
  ])
  const custom = { ...event({ type: 'custom', x: huge }), type: 'custom', custom_event_name: 'q' }
  assert.deepEqual(codesOf(custom, '2026-11'), ['not_json at data.x'])
  assert.deepEqual(codesOf({ ...FRIENDLY_EXAMPLE, data: { contents: huge } }), ['not_json at data.contents[0]'])
  assert.deepEqual(codesOf({ ...FRIENDLY_EXAMPLE, user: { email: huge } }), [])
})

test('a very long list has an issue for each of its faults', () => {
  const contents = Array.from({ length: 200_000 }, () => 0)
  const result = judge({ ...FRIENDLY_EXAMPLE, data: { contents } }, '2026-06')
  assert.equal(issuesOf(result).length, contents.length)
})

test('an item that would be written as something else is refused', () => {
  const event = { ...exampleEvent(), data: { type: 'contents', contents: [new Date(NOW)] } }
  assert.deepEqual(codesOf(event), ['not_json at data.contents[0]'])
})

test('an instance of a class is judged and sent by its own fields, as JSON writes them', () => {
  class Order {
    id = 'order_1'
    type = 'order_created'
    timestamp_ms = NOW
    data = new OrderData()
  }
  class OrderData {
    type = 'contents'
  }
  const result = judge(new Order(), '2026-06')
  assert.ok(result.ok)
  assert.deepStrictEqual(result.event, {
    id: 'order_1',
    type: 'order_created',
    timestamp_ms: NOW,
    data: { type: 'contents' },
  })
})

test('fields that an event only inherits are missing, because JSON would not write them', () => {
  const inherited = Object.create(exampleEvent()) as object
  assert.deepEqual(codesOf(inherited), [
    'missing_field at id',
    'missing_field at type',
    'missing_field at timestamp_ms',
    'missing_field at data',
  ])
  class Order {
    get id(): string {
      return 'order_1'
    }
  }
  assert.ok(
    codesOf(Object.assign(new Order(), { type: 'lead_created', timestamp_ms: NOW })).includes('missing_field at id'),
  )
})

test('an event without prototype passes as it is', () => {
  const event = Object.assign(Object.create(null), JSON.parse(EXAMPLE_TEXT)) as object
  const result = judge(event, '2026-06')
  assert.ok(result.ok)
  assert.equal(result.event, event)
})

test('judging takes time in proportion to the text', () => {
  const long = 500_000
  const texts = [
    `x@${'.'.repeat(long)}`,
    `x@a${'.-'.repeat(long)}b`,
    'a@'.repeat(long),
    `x@${'a.'.repeat(long)}1`,
    '+'.repeat(long),
    ' '.repeat(long),
  ]
  const started = performance.now()
  for (const text of texts) {
    const name = changed(exampleEvent(), {
      id: text,
      source_url: `https://${text}`,
      'data.contents[0].name': text,
      'user.city': text,
    })
    judge(name, '2026-06')
    judge(
      { ...FRIENDLY_EXAMPLE, user: { email: text, externalId: text }, data: { amount: text, currency: 'USD' } },
      '2026-06',
    )
  }
  judge({ ...FRIENDLY_EXAMPLE, data: { amount: `0.${'0'.repeat(long)}1`, currency: 'USD' } }, '2026-06')
  const strangers = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index.toString(36)}`, 1]))
  for (const mode of ['refuse', 'drop'] as const) {
    judge({ ...exampleEvent(), ...strangers, data: strangers, user: strangers }, '2026-06', mode)
    judge({ ...FRIENDLY_EXAMPLE, ...strangers, data: strangers, user: strangers }, '2026-11', mode)
  }
  // Far more than it needs on a slow machine; where a step is quadratic it is minutes.
  assert.ok(performance.now() - started < 30_000)
})
