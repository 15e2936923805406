import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { tempFolder } from '../files/files.helpers.ts'
import { openFile, parseMapping } from '../files/index.ts'
import { DEDUP_CASES } from './dedup.cases.ts'
import { type Compared, compareTexts, DAY_MS, HOUR_MS } from './dedup.helpers.ts'
import type { RowClass } from './row-class.ts'
import { dedup } from './run.ts'
import type { Side } from './sighting.ts'

const START_MS = Date.parse('2026-03-01T00:00:00Z')

function csvOf(rows: readonly string[]): string {
  const lines = rows.map((row) => {
    const [id = '', name = '', hours = '', pixel = ''] = row.split(' ').map((word) => (word === '-' ? '' : word))
    const time = hours === '' ? '' : new Date(START_MS + Number(hours) * HOUR_MS).toISOString()
    return [id.replaceAll('_e', ' e'), name, time, pixel].join(',')
  })
  return `id,type,timestamp,pixel_id\n${lines.join('\n')}\n`
}

function classesOf({ details }: Compared, side: Side, firstLine = 2): RowClass[] {
  const classes: RowClass[] = []
  for (const detail of details) {
    const row = detail[side]
    if (row !== undefined) classes[row.line - firstLine] = detail.class
  }
  return classes
}

for (const { what, pixel, server, expect, ...expected } of DEDUP_CASES) {
  test(what, async (context) => {
    const compared = await compareTexts(context, ['pixel.csv', csvOf(pixel)], ['server.csv', csvOf(server)])
    assert.deepEqual([classesOf(compared, 'pixel'), classesOf(compared, 'server')], expect)
    const { overlap, countedTwice, countedTwicePerhaps, findings } = compared.report
    if (expected.overlap !== undefined) assert.equal(overlap, expected.overlap)
    assert.deepEqual([countedTwice, countedTwicePerhaps], [expected.twice ?? 0, expected.perhaps ?? 0])
    const spelled = findings.find((finding) => finding.class === 'id_spelling')
    if (expected.spellings !== undefined) assert.deepEqual(spelled?.spellings, expected.spellings)
  })
}

const WIRE = {
  id: '1',
  type: 'order_created',
  timestamp_ms: START_MS,
  data: { type: 'contents', amount: 2599, currency: 'USD' },
}
const FRIENDLY = {
  id: '1',
  type: 'order_created',
  timestamp: '2026-03-01T00:00:00Z',
  data: { amount: '25.99', currency: 'USD' },
}
const CUSTOM = { id: '1', type: 'custom', custom_event_name: 'Quote', timestamp_ms: START_MS, data: { type: 'custom' } }

/** Two exports of one conversion in different forms. */
const FORMS: readonly (readonly [what: string, pixel: readonly [string, string], server: readonly [string, string]])[] =
  [
    [
      'a CSV with headers of its own and the wire form',
      ['pixel.csv', 'Event ID,Event,Date,Value,Currency\n1,order_created,2026-03-01T00:00:00Z,25.99,USD\n'],
      ['server.json', JSON.stringify({ events: [WIRE] })],
    ],
    ['the friendly form and the wire form', ['p.ndjson', JSON.stringify(FRIENDLY)], ['s.ndjson', JSON.stringify(WIRE)]],
    [
      'a TSV that has the custom name in the column of names',
      ['pixel.tsv', 'event_id\tevent\ttime\n1\tquote\t2026-03-01T00:00:00Z\n'],
      ['server.json', JSON.stringify([CUSTOM])],
    ],
    [
      'a ledger of the emulator on both sides',
      ['ledger.json', JSON.stringify({ events: [{ event: WIRE, channels: ['image', 'server'], received: 2 }] })],
      ['ledger.json', JSON.stringify({ events: [{ event: WIRE, channels: ['image', 'server'], received: 2 }] })],
    ],
  ]

for (const [what, pixel, server] of FORMS) {
  test(`${what} are read alike`, async (context) => {
    const { report } = await compareTexts(context, pixel, server)
    assert.deepEqual(report.pixel.classes, { matched: 1 })
    assert.deepEqual(report.server.classes, { matched: 1 })
    assert.deepEqual(report.findings, [])
  })
}

test('a ledger gives each side what came by its channel', async (context) => {
  const entry = (id: string, ...channels: string[]): object => ({ event: { ...WIRE, id }, channels, received: 1 })
  const events = [entry('1', 'image', 'server'), entry('order_2', 'image'), entry('2', 'server'), entry('3', 'server')]
  const ledger = JSON.stringify({ events })
  const compared = await compareTexts(context, ['a.json', ledger], ['b.json', ledger])
  assert.deepEqual(classesOf(compared, 'pixel', 1), ['matched', 'id_spelling', 'other_channel', 'other_channel'])
  assert.deepEqual(classesOf(compared, 'server', 1), ['matched', 'other_channel', 'id_spelling', 'server_only'])
})

test('further lines of an order are no repeats; the same line again, or one that says another time, is', async (context) => {
  const csv = `Order ID,type,Created at,Lineitem sku
1,order_created,2026-03-01T00:00:00Z,a
1,,,b
1,order_created,2026-03-01T00:00:00Z,c
1,order_created,2026-03-01T00:00:00Z,c
1,order_created,2026-03-01T09:00:00Z,a
2,order_created,2026-03-01T00:00:00Z,a
`
  const compared = await compareTexts(context, ['orders.csv', csv], ['server.ndjson', JSON.stringify(WIRE)])
  const expected = ['matched', 'continued', 'continued', 'repeated', 'repeated', 'pixel_only']
  assert.deepEqual(classesOf(compared, 'pixel'), expected)
})

test('values that differ in a matched pair warn and change no class', async (context) => {
  const csv = 'id,type,timestamp,amount,currency\n1,order_created,2026-03-01T00:00:00Z,26.00,USD\n'
  const { report } = await compareTexts(context, ['pixel.csv', csv], ['server.ndjson', JSON.stringify(WIRE)])
  assert.deepEqual([report.pixel.classes, report.server.classes], [{ matched: 1 }, { matched: 1 }])
  const [finding] = report.findings
  assert.deepEqual([finding?.class, finding?.count, finding?.cost], ['value_differs', 1, 'none'])
  assert.deepEqual(finding?.samples[0]?.pixel?.value, '26.00 USD')
  assert.deepEqual(finding?.samples[0]?.server?.value, '2599 minor units USD')
})

test('there are five examples at most, of both sides where both have some', async (context) => {
  const again = (id: string): string => csvOf(Array<string>(9).fill(`${id} order_created 0`))
  const { report } = await compareTexts(context, ['pixel.csv', again('1')], ['server.csv', again('2')])
  const repeated = report.findings.find((finding) => finding.class === 'repeated')
  assert.deepEqual(
    repeated?.samples.map((sample) => (sample.pixel === undefined ? 'server' : 'pixel')),
    ['pixel', 'pixel', 'pixel', 'server', 'server'],
  )
})

test('rows whose time cannot be read are compared without it, and counted', async (context) => {
  const csv = 'id,type,timestamp\n1,order_created,yesterday\n2,order_created,2026-03-01T00:00:00Z\n'
  const { report } = await compareTexts(context, ['pixel.csv', csv], ['server.ndjson', JSON.stringify(WIRE)])
  assert.deepEqual([report.pixel.withoutTime, report.pixel.classes.matched], [1, 1])
})

test('a mapping names what no synonym does', async (context) => {
  const mapping = parseMapping({ id: 'order_{nr}', type: { value: 'order_created' }, timestamp: 'when' })
  const pixel = 'nr,when\n1,2026-03-01T00:00:00Z\n'
  const compared = await compareTexts(context, ['pixel.csv', pixel], ['server.csv', pixel], { mapping })
  assert.equal(compared.details[0]?.pixel?.id, 'order_1')
  assert.equal(compared.report.overlap, 1)
})

test('rows that say no Pixel ID take the one that is given', async (context) => {
  const server = { ...WIRE, pixel_id: 'px_2' }
  const sides = [
    ['p.csv', csvOf(['1 order_created 0'])],
    ['s.ndjson', JSON.stringify(server)],
  ] as const
  const unknown = await compareTexts(context, ...sides)
  assert.deepEqual([unknown.report.comparesPixelIds, unknown.report.pixel.classes], [false, { matched: 1 }])
  const other = await compareTexts(context, ...sides, { pixel: 'px_1' })
  assert.deepEqual([other.report.comparesPixelIds, other.report.pixel.classes], [true, { pixel_differs: 1 }])
})

test('a file of which no row can be compared is a missing mapping, and an empty one is none', async (context) => {
  const good = csvOf(['1 order_created 0'])
  const rejected = compareTexts(context, ['pixel.csv', 'nr,wann\n1,2\n'], ['server.csv', good])
  await assert.rejects(rejected, /pixel\.csv: no row has an id and an event name.*--pixel-map/)
  const { report } = await compareTexts(context, ['pixel.csv', 'id,type,timestamp\n'], ['server.csv', good])
  assert.deepEqual([report.pixel.rows, report.server.classes], [0, { server_only: 1 }])
})

test('an interrupt ends the run without a result, and nothing is left behind', async (context) => {
  const folder = tempFolder(context)
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  context.after(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  })
  const controller = new AbortController()
  const open = (): ReturnType<typeof openFile> => openFile(join(import.meta.dirname, 'no-such-file'))
  const seen: string[] = []
  const pixel = async (): ReturnType<typeof openFile> => {
    seen.push(...readdirSync(folder))
    controller.abort()
    return open()
  }
  const options = { maxApartMs: DAY_MS, signal: controller.signal }
  assert.equal(await dedup({ pixel: { open: pixel }, server: { open } }, options), undefined)
  assert.deepEqual([seen.length, readdirSync(folder)], [1, []])
  process.env['TMPDIR'] = join(folder, 'nowhere')
  const unusable = dedup({ pixel: { open }, server: { open } }, { ...options, signal: new AbortController().signal })
  await assert.rejects(unusable, { name: 'FilesError', message: /temporary folder cannot be used.*TMPDIR/ })
})
