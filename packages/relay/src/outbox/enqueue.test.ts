import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'
import type pg from 'pg'
import { digest } from 'waybill'
import { PLAIN_IDENTITY, type PlainKind } from 'waybill/identity'
import { makeDatabase } from './postgres.helpers.ts'

interface Vector {
  readonly kind: PlainKind
  readonly written: string
  readonly sha256: string | null
}

const VECTORS = JSON.parse(
  readFileSync(new URL('../../../waybill/src/identity/plain-vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[]
const FRIENDLY: Readonly<Record<PlainKind, string>> = { email: 'email', 'external-id': 'externalId', phone: 'phone' }

describe('waybill.enqueue', () => {
  it('hashes what is plain, as the SDK does, and leaves out everything else', async (context) => {
    const { shop, rows } = await shopOf(context)
    for (const { kind, written } of VECTORS)
      await shop.query('select waybill.enqueue($1, $2)', [
        'px',
        JSON.stringify({ user: { [FRIENDLY[kind]]: written } }),
      ])
    const kept = (await rows()).map(({ event, left_out }) => [JSON.parse(event!).user, left_out])
    const expected = VECTORS.map(({ kind, sha256 }) =>
      sha256 === null ? [{}, [`user.${FRIENDLY[kind]}`]] : [{ [FRIENDLY[kind]]: sha256 }, null],
    )
    assert.deepEqual(kept, expected)
    for (const { kind, written, sha256 } of VECTORS) {
      if (sha256 === null) continue
      const result = digest(kind, written)
      assert.ok(result.ok && result.sha256 === sha256, `${kind} ${written}`)
    }
    assert.deepEqual(Object.keys(PLAIN_IDENTITY).sort(), [...new Set(VECTORS.map(({ kind }) => kind))].sort())
  })

  for (const [what, given, kept, leftOut] of CASES())
    it(`keeps ${what}`, async (context) => {
      const { shop, rows } = await shopOf(context)
      await shop.query('select waybill.enqueue($1, $2)', ['px', given])
      assert.deepEqual(
        (await rows()).map(({ event, left_out }) => ({ event, left_out })),
        [{ event: kept, left_out: leftOut }],
      )
    })

  it('takes json and jsonb, one event or a list, as it takes a text', async (context) => {
    const { shop, rows } = await shopOf(context)
    const event = (id: string): string => JSON.stringify({ id, user: { email: 'Ada@Example.com' } })
    for (const [at, type] of ['text', 'json', 'jsonb'].entries()) {
      await shop.query(`select waybill.enqueue($1, $2::${type})`, ['px', event(`one_${at}`)])
      const list = `[${event(`first_${at}`)},${event(`second_${at}`)}]`
      await shop.query(`select waybill.enqueue_many($1, $2::${type})`, ['px', list])
    }
    await shop.query(`select waybill.enqueue('px', '${event('untyped')}')`)
    const kept = (await rows()).map(({ event: text }) => JSON.parse(text!) as { id: string; user: { email: string } })
    assert.deepEqual(
      kept.map(({ id }) => id),
      [...[0, 1, 2].flatMap((at) => [`one_${at}`, `first_${at}`, `second_${at}`]), 'untyped'],
    )
    const { sha256 } = VECTORS.find(({ written }) => written.trim().toLowerCase() === 'ada@example.com') ?? {}
    const expected = sha256 ?? createHash('sha256').update('ada@example.com').digest('hex')
    assert.ok(kept.every(({ user }) => user.email === expected))
  })

  it('keeps of a text that it cannot read the length and the digest', async (context) => {
    const { shop, rows } = await shopOf(context)
    const texts = [
      '',
      'Ada Lovelace',
      '[]',
      '42',
      '"ada@example.com"',
      '{"a":1',
      '{"a":"\\u12"}',
      `{"a":"${'x'.repeat(65_530)}"}`,
    ]
    texts.push(`{"a":${'['.repeat(60_000)}`, `{"a":${'['.repeat(2_000)}1${']'.repeat(2_000)}}`)
    for (const text of texts) await shop.query('select waybill.enqueue($1, $2)', ['px', text])
    await shop.query('select waybill.enqueue($1, null)', ['px'])
    assert.deepEqual(
      (await rows()).map(({ event, bytes, sha256 }) => ({ event, bytes, sha256 })),
      [...texts, ''].map((text) => ({
        event: null,
        bytes: Buffer.byteLength(text),
        sha256: createHash('sha256').update(text).digest('hex'),
      })),
    )
  })

  it('keeps no text that is no Pixel ID in place of one', async (context) => {
    const { shop, rows } = await shopOf(context)
    for (const pixel of [null, '', '{"id":"a"}', 'ada@example.com', 'p x', 'p'.repeat(201)])
      await shop.query('select waybill.enqueue($1, $2)', [pixel, '{}'])
    assert.deepEqual(new Set((await rows()).map(({ pixel }) => pixel)), new Set([null]))
  })
})

/** What it is, the text, the text that is kept, what was left out. */
function CASES(): readonly (readonly [string, string, string, readonly string[] | null])[] {
  const plain = `{"id":"order_1","type":"order_created","timestamp_ms":1,"user":{"email_sha256":"${'a'.repeat(64)}","city":"Bonn"},"data":{"type":"contents","amount":2599,"currency":"USD","contents":[{"id":"sku","name":"Bundle","quantity":1}]}}`
  const spaced = JSON.stringify(JSON.parse(plain), null, 2)
  return [
    ['a plain event as it came', plain, plain, null],
    ['a plain event with white space as it came', spaced, spaced, null],
    [
      'numbers and escapes as they came',
      '{"id":"a\\u00e9\\/\\\\u0041\\n","data":{"amount":1e2,"x":1.50}}',
      '{"id":"a\\u00e9\\/\\\\u0041\\n","data":{"amount":1e2,"x":"[removed]"}}',
      ['data'],
    ],
    ['a half character and a null character', '{"id":"\\ud800\\u0000"}', '{"id":"\\ud800\\u0000"}', null],
  ]
}

export interface Row {
  readonly pixel: string | null
  readonly event: string | null
  readonly left_out: readonly string[] | null
  readonly bytes: number | null
  readonly sha256: string | null
  readonly brought_by: string
}

/** A connection of the shop, and what is in the outbox. */
async function shopOf(context: TestContext): Promise<{ shop: pg.Client; rows: () => Promise<readonly Row[]> }> {
  const database = await makeDatabase(context)
  const admin = await database.connect()
  const shop = await database.connect(database.as('shop'))
  const rows = async (): Promise<readonly Row[]> =>
    (await admin.query<Row>('select * from waybill.outbox order by place')).rows
  return { shop, rows }
}
