/** Which events are kept as they came without being taken apart: the way that most take, and that must let nothing raw through. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { outboxRules } from 'waybill/outbox'
import { makeDatabase } from './postgres.helpers.ts'

const HASH = 'a1'.repeat(32)
const event = (change: object): string =>
  JSON.stringify({
    id: 'o-1',
    type: 'order_created',
    timestamp_ms: 1_773_892_800_000,
    source_url: 'https://shop.example.com/thanks',
    user: { email_sha256: HASH, country: 'US', user_agent: 'Mozilla/5.0' },
    data: { type: 'contents', amount: 2599, currency: 'USD', contents: [{ id: 'a', quantity: 1 }, { id: 'b' }] },
    ...change,
  })
const data = (change: object): string => event({ data: { type: 'contents', ...change } })
const DEEP = '['.repeat(60_000)

const CASES: readonly (readonly [what: string, text: string | null, isPlain: boolean | null])[] = [
  ['a full event', event({}), true],
  ['one without a user', event({ user: undefined }), true],
  ['one without items', data({ amount: 1 }), true],
  ['a long one', data({ contents: Array.from({ length: 300 }, (_, at) => ({ id: `sku ${at}` })) }), true],
  ['a key that is not known', event({ note: 'x' }), false],
  ['a key of data that is not known', data({ buyer: 'Jane' }), false],
  ['a key of the second item that is not known', data({ contents: [{ id: 'a' }, { id: 'b', buyer: 'Jane' }] }), false],
  ['an item that is none', data({ contents: ['Jane'] }), false],
  ['a list in a list', data({ contents: [[{ id: 'a' }]] }), false],
  ['a raw name', event({ user: { firstName: 'Jane' } }), false],
  ['what is no digest', event({ user: { email_sha256: 'jane' } }), false],
  ['a digest in capitals', event({ user: { email_sha256: HASH.toUpperCase() } }), false],
  ['a user of numbers', event({ user: { city: 1 } }), false],
  ['data that is a text', event({ data: 'Jane' }), false],
  ['data that is a list', event({ data: [{ type: 'contents' }] }), false],
  ['no data', event({ data: undefined }), false],
  ['items that are a text', data({ contents: 'Jane' }), false],
  ['items that are an object', data({ contents: { id: 'a' } }), false],
  ['items that are null', data({ contents: null }), false],
  ['a user that is a list', event({ user: ['Jane'] }), false],
  ['a user that is null', event({ user: null }), false],
  ['an address', event({ id: 'jane@example.com' }), false],
  ['an object in a field', event({ id: { name: 'Jane' } }), false],
  ['an escape', event({ id: 'jane\n' }), false],
  ['brackets in a text', event({ id: '{[' }), true],
  ['an item of two that is a list', data({ contents: [{ id: 'a' }, [{ id: 'b' }]] }), false],
  ['an item of two that is a text', data({ contents: [{ id: 'a' }, 'Jane'] }), false],
  ['no items', data({ contents: [] }), true],
  ['a key twice', event({}).replace('"email_sha256"', '"email_sha256":"jane","email_sha256"'), false],
  ['an exponent that no number has', event({}).replace('2599', '1e999999'), false],
  [
    'a long text that no number has',
    event({ id: 'x'.repeat(2_000) }).replace('2599', `0.${'0'.repeat(20_000)}1`),
    false,
  ],
  ['no JSON', '{"id":', false],
  ['brackets', DEEP, false],
  ['a long text', 'x'.repeat(70_000), false],
  ['nothing', null, null],
]

const { user, eventKeys, dataKeys, itemKeys } = outboxRules()
const KEYS = { event: eventKeys, user: Object.keys(user), data: dataKeys, item: itemKeys }
const one = (change: object): string => data({ contents: [{ id: 'a', ...change }] })
const second = (change: object): string => data({ contents: [{ id: 'a' }, { id: 'b', ...change }] })
const visitor = (change: object): string => event({ user: { country: 'US', ...change } })
/** Where a key may stand, and the known ones there. */
const HOLDERS: readonly (readonly [hold: (change: object) => string, keys: readonly string[]])[] = [
  [event, eventKeys],
  [data, dataKeys.filter((key) => key !== 'contents')],
  [visitor, KEYS.user],
  [one, itemKeys],
  [second, itemKeys],
]

/** A value of any kind under any key, known there or only elsewhere. */
const VALUES = ['Jane', '', HASH, HASH.toUpperCase(), 1, true, null, {}, [], ['Jane'], [{ id: 'a' }, null], [[{}]], '{']
const MUTATED = HOLDERS.flatMap(([hold]) =>
  Object.values(KEYS)
    .flat()
    .flatMap((key) => VALUES.map((value) => hold({ [key]: value }))),
)

describe('waybill.is_plain', () => {
  it('is true of events of known keys alone, in which nothing can be raw', async (context) => {
    const { connect } = await makeDatabase(context)
    const client = await connect()
    await client.query('set search_path = waybill, pg_temp')
    for (const [what, text, expected] of CASES) {
      const { rows } = await client.query('select is_plain($1) as found', [text])
      assert.equal(rows[0].found, expected, what)
    }
  })

  it('is false where a known key holds an object or a list that it cannot hold', async (context) => {
    const { connect } = await makeDatabase(context)
    const client = await connect()
    await client.query('set search_path = waybill, pg_temp')
    const texts = HOLDERS.flatMap(([hold, keys]) =>
      keys.flatMap((key) => [{ name: 'Jane' }, {}, ['Jane'], [{ name: 'Jane' }]].map((held) => hold({ [key]: held }))),
    )
    const spaced = texts.map((text) => JSON.stringify(JSON.parse(text), null, 2))
    const { rows } = await client.query('select each from unnest($1::text[]) as each where is_plain(each)', [
      [...texts, ...spaced],
    ])
    assert.deepEqual(rows, [])
  })

  it('is true of nothing that would be kept otherwise when it is taken apart', async (context) => {
    const { connect } = await makeDatabase(context)
    const client = await connect()
    await client.query('set search_path = waybill, pg_temp')
    const { rows } = await client.query(
      `select each, is_plain(each) as is_plain from unnest($1::text[]) as each
       where is_plain(each) and (kept_event(masked(each))).kept is distinct from each`,
      [MUTATED],
    )
    assert.deepEqual(rows, [])
    const plain = await client.query('select from unnest($1::text[]) as each where is_plain(each)', [MUTATED])
    assert.ok(plain.rowCount! > MUTATED.length / 10, `${plain.rowCount} of ${MUTATED.length}`)
  })
})
