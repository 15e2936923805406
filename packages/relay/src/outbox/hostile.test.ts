import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { startPostgres } from '../postgres-server.helpers.ts'
import { order, PIXEL, startRelay } from '../service/service.helpers.ts'
import { makeDatabase } from './postgres.helpers.ts'

/** Mutations of a good event's text. */
const BASE = JSON.stringify({
  ...order('order_1'),
  user: { email: 'planted@example.com', city: 'Köln' },
  note: 'a\\"b',
})
const PIECES = [
  '\\u0000',
  '\\ud800',
  '\\udc00',
  '\\u12',
  '"',
  '\\',
  '{',
  '[',
  '}',
  ']',
  '\u007f',
  '€',
  '😀',
  '1e999999',
  '-',
  'null',
  ',',
  ':',
  '@',
  '%40',
  ' ',
  '\n',
  '\ud800',
]
const mutated = fc
  .array(fc.tuple(fc.nat(BASE.length), fc.nat(6), fc.constantFrom('', ...PIECES)), { maxLength: 4 })
  .map((changes) =>
    changes.reduce((text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length), BASE),
  )

const LARGE: readonly (string | null)[] = [
  null,
  '',
  '['.repeat(60_000),
  '{"a":'.repeat(60_000),
  `{"a":${'['.repeat(1_998)}${']'.repeat(1_998)}}`,
  `{"data":${'{"a":'.repeat(1_990)}1${'}'.repeat(1_991)}`,
  `{"user":{"email":${'['.repeat(1_900)}${']'.repeat(1_900)}}}`,
  'x'.repeat(10_000_000),
  `{"a":"${'x'.repeat(10_000_000)}"}`,
  `{"id":"${'@'.repeat(60_000)}"}`,
  `{"data":{"type":"custom","a":"${'+1'.repeat(30_000)}"}}`,
]

describe('no text fails a transaction', () => {
  for (const [encoding, numRuns] of [
    ['UTF8', 600],
    ['LATIN1', 200],
    ['SQL_ASCII', 200],
  ] as const) {
    it(`in a database of ${encoding}`, async (context) => {
      const database = await makeDatabase(context, { encoding })
      const shop = await database.connect(database.as('shop'))
      // What a client cannot even say to the server never reaches the function.
      if (encoding === 'LATIN1') await shop.query("set client_encoding = 'LATIN1'")
      const large = encoding === 'UTF8' ? LARGE : LARGE.filter((text) => (text?.length ?? 0) < 1_000_000)
      const texts = [...large, ...fc.sample(mutated, { numRuns, seed: 16 })]
      await shop.query('begin')
      for (const text of texts) {
        const sent = encoding === 'LATIN1' ? (text?.replace(/[^ -ÿ\n]/g, '?') ?? null) : text
        await shop.query('select waybill.enqueue($1, $2)', [PIXEL, sent])
        await shop.query('select waybill.enqueue_many($1, $2)', [PIXEL, sent === null ? null : `[${sent}]`])
      }
      await shop.query('commit')
      const admin = await database.connect()
      const { rows } = await admin.query('select count(*) from waybill.outbox')
      // An empty text in a list is an empty list.
      assert.ok(Number(rows[0].count) >= texts.length * 2 - 5)
      const planted = await admin.query('select event from waybill.outbox where event ~ \'planted[^"]*@[^"]*example\'')
      assert.deepEqual(planted.rows, [])
    })
  }

  it('keeps in a database of LATIN1 what its encoding cannot hold, as escapes', async (context) => {
    const database = await makeDatabase(context, { encoding: 'LATIN1' })
    const shop = await database.connect(database.as('shop'))
    const text =
      '{"id":"order_1","type":"order_created","user":{"email":"a@b.example"},"data":{"contents":[{"name":"5 \\u20ac \\ud83d\\ude00"}]}}'
    await shop.query('select waybill.enqueue($1, $2)', [PIXEL, text])
    const { rows } = await (await database.connect()).query('select event from waybill.outbox')
    const { user, data } = JSON.parse(rows[0].event)
    assert.match(user.email, /^[0-9a-f]{64}$/)
    assert.equal(data.contents[0].name, '5 € 😀')
  })
})

it('two transactions with one id do not wait for each other', async (context) => {
  const database = await makeDatabase(context)
  const one = await database.connect(database.as('shop'))
  const other = await database.connect(database.as('shop'))
  for (const client of [one, other])
    await client.query("begin; set local lock_timeout = '50ms'; set local statement_timeout = '5s'")
  const text = JSON.stringify(order('order_1'))
  await one.query('select waybill.enqueue($1, $2)', [PIXEL, text])
  await other.query('select waybill.enqueue($1, $2)', [PIXEL, text])
  await Promise.all([one.query('commit'), other.query('commit')])
  const { rows } = await (await database.connect()).query(
    "select (select count(*) from waybill.outbox) as rows, (select count(*) from pg_trigger where tgrelid = 'waybill.outbox'::regclass) as triggers, (select count(*) from pg_index where indrelid = 'waybill.outbox'::regclass and indisunique) as uniques",
  )
  assert.deepEqual(rows, [{ rows: '2', triggers: '0', uniques: '0' }])
})

/** What somebody who may bring conversions tries beside. Statement → SQLSTATE. */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ['select * from waybill.outbox', '42501'],
  ["insert into waybill.outbox (pixel) values ('px')", '42501'],
  ['update waybill.outbox set pixel = null', '42501'],
  ['delete from waybill.outbox', '42501'],
  ['truncate waybill.outbox', '42501'],
  ['do $$ begin lock table waybill.outbox; end $$', '42501'],
  ["select nextval('waybill.outbox_place_seq')", '42501'],
  ['select waybill.outbox_version()', '42501'],
  ["select waybill.hashed('email', 'a@b.example')", '42501'],
  ['create table waybill.mine (a int)', '42501'],
  ['create function waybill.enqueue(a int) returns int language sql return 1', '42501'],
  [
    "create or replace function waybill.enqueue(pixel text, event text) returns boolean language sql as 'select true'",
    '42501',
  ],
  ['drop function waybill.enqueue(text, text)', '42501'],
  ['alter schema waybill rename to mine', '42501'],
  ['drop schema waybill cascade', '42501'],
  ['set role waybill_owner', '42501'],
  ['set role waybill_relay', '42501'],
  ['grant waybill_owner to shop', '42501'],
  ['copy waybill.outbox to stdout', '42501'],
]

it('who may bring conversions can do nothing else, and a stranger not even that', async (context) => {
  const database = await makeDatabase(context)
  const shop = await database.connect(database.as('shop'))
  const stranger = await database.connect(database.as('stranger'))
  const codeOf = (client: typeof shop, text: string): Promise<string> =>
    client.query(text).then(
      () => 'done',
      ({ code }: { code: string }) => code,
    )
  for (const [text, code] of FORBIDDEN) assert.equal(await codeOf(shop, text), code, text)
  // A function of one's own, earlier in the search path, is not called.
  await shop.query('create temp table outbox (pixel text); set search_path = pg_temp, waybill')
  assert.equal(await codeOf(shop, "select waybill.enqueue('px', '{}')"), 'done')
  assert.equal(await codeOf(stranger, "select waybill.enqueue('px', '{}')"), '42501')
  const { rows } = await (await database.connect()).query('select count(*) from waybill.outbox')
  assert.equal(rows[0].count, '1')
})

const PLANTED = {
  email: 'Zoe.Planted@secret.example',
  external: 'planted_customer_77',
  phone: '+49 171 5550123',
  name: 'Zoëplanted Lovelaceplanted',
} as const
const PLAIN_PHONE = '+491715550123'
/** Places where raw identity may stand, right and wrong. */
const PLACES: readonly object[] = [
  { user: { email: PLANTED.email, externalId: PLANTED.external, phone: PLAIN_PHONE, firstName: PLANTED.name } },
  { user: { email: [PLANTED.email, `<${PLANTED.email}>`], phone: PLANTED.phone, name: PLANTED.name } },
  { user: { email_sha256: PLANTED.email, external_id_sha256: PLANTED.external, first_names_sha256: [PLANTED.name] } },
  { user: { emails_sha256: [PLANTED.email], customer: { email: PLANTED.email, name: PLANTED.name } } },
  { user: { city: PLANTED.email, user_agent: `x ${PLAIN_PHONE}`, [PLANTED.email]: 1 } },
  { user: `${PLANTED.name} ${PLANTED.email}` },
  { source_url: `https://shop.example.com/a?email=${PLANTED.email}&id=${PLANTED.external}` },
  { customer_email: PLANTED.email, name: PLANTED.name, customer: PLANTED.external },
  { data: { type: 'contents', email: PLANTED.email, customerName: PLANTED.name, customer: { id: PLANTED.external } } },
  { data: { type: 'contents', contents: [{ id: 'a', name: `for ${PLANTED.email}`, buyer: PLANTED.name }] } },
  {
    type: 'custom',
    custom_event_name: 'x',
    data: { type: 'custom', deep: { first_name: PLANTED.name, tel: PLAIN_PHONE, a: [PLANTED.email] } },
  },
  { id: PLANTED.email },
]

it('of planted raw identity nothing is found in the table, the log of the database, a dump, or the data of the relay', async (context) => {
  const database = await makeDatabase(context)
  const { admin, dataFolder } = await startPostgres()
  const shop = await database.connect(database.as('shop'))
  const needles = [
    PLANTED.email,
    PLANTED.email.toLowerCase(),
    PLANTED.external,
    'Zoëplanted',
    'Lovelaceplanted',
    PLANTED.phone,
    PLAIN_PHONE,
  ]
  await admin.query('select pg_switch_wal()')
  const started = Date.now()
  for (const [at, place] of PLACES.entries())
    for (const spaces of [0, 2]) {
      const text = JSON.stringify({ ...order(`order_${at}_${spaces}`), ...place }, null, spaces)
      await shop.query('select waybill.enqueue($1, $2)', [PIXEL, text])
      await shop.query('select waybill.enqueue_many($1, $2)', [PIXEL, `[${text}]`])
    }
  for (const text of [`${PLANTED.email} ${PLANTED.name}`, `{"id":"${PLANTED.external}`, `["${PLANTED.email}"]`])
    await shop.query('select waybill.enqueue($1, $2)', [PIXEL, text])
  await shop.query('select waybill.enqueue($1, $2)', [`{"email":"${PLANTED.email}"}`, PIXEL])
  const rows = (await (await database.connect()).query('select outbox::text as row from waybill.outbox')).rows
  assert.equal(rows.length, PLACES.length * 4 + 4)
  const found = (where: string, bytes: Buffer): string[] =>
    needles.filter((one) => bytes.includes(one)).map((one) => `${one} in ${where}`)
  assert.deepEqual(
    rows.flatMap(({ row }) => found(`the table: ${row}`, Buffer.from(row as string))),
    [],
  )
  // A dump is what COPY says of the table.
  await admin.query('checkpoint')
  if (dataFolder !== undefined) assert.deepEqual(found('the files', filesSince(dataFolder, started)), [])
  // The search finds what is there.
  const control = await database.connect()
  await control.query('create table control (text text)')
  await control.query('insert into control values ($1)', [JSON.stringify(PLANTED)])
  await admin.query('checkpoint')
  if (dataFolder !== undefined) assert.ok(found('the files', filesSince(dataFolder, started)).length >= 3)
  const relay = await startRelay(context, { file: { outbox: [{ url: database.as('taker'), pixels: '*' }] } })
  await relay.next('source:called', 1)
  await relay.stop()
  assert.deepEqual(found('the relay', filesSince(join(relay.folder, 'data'), 0)), [])
  assert.deepEqual(found('the log', Buffer.from(relay.log())), [])
})

/** All bytes of files that were written since; the write-ahead log and the tables among them. */
function filesSince(folder: string, sinceMs: number): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).mtimeMs >= sinceMs - 1_000)
  return Buffer.concat(files.map((path) => readFileSync(path)))
}
