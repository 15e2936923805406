import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { tempFile } from './files.helpers.ts'
import { parseMapping } from './mapping.ts'
import { openFile } from './open-file.ts'
import { mapOfPlan } from './plan-map.ts'
import { type Survey, surveyFile } from './survey.ts'
import { saysTotal } from './totals.ts'

const WORDS =
  'Total|TOTAL|Totals|Grand Total|Subtotal 28 Nov|Sub-total|Total (12)|Total: 3|Sum|Summe|Gesamt November|Gesamtsumme|Zwischensumme:|Insgesamt|Tagessumme 28.11.|Monatssumme|Endsumme|Somme|Totaux|Totales|Sous-total :|Sous total|Total général|Suma 3|Suma total|Totale novembre|Somma|Subtotale|Totaal|Eindtotaal|Total geral|Soma 2'
const IDS = 'TOTAL-1001|Sum41|Total_7|Totalenergies 3|Summer 1|Sumatra 5|Gesamtschule 2|1001|total#3|Subtotal/4'

test('a word for a total stands alone, or with something behind a blank, a colon or a bracket', () => {
  assert.deepEqual([...WORDS.split('|'), ...IDS.split('|')].filter(saysTotal), WORDS.split('|'))
})

const T = '2026-11-28T15:04:00Z'
const HEADER = 'Order ID,Created at,Total,Currency,Email'

/** A row as `id amount email`, where `-` is an empty cell. */
function line(text: string): string {
  const [, id = '', amount = '', email = ''] = /^(.+) (\S+) (\S+)$/.exec(text) ?? []
  return `${id},${T},${amount},USD,${email === '-' ? '' : email}`
}

async function surveyed(context: TestContext, rows: readonly string[], where?: unknown): Promise<Survey> {
  const path = tempFile(context, 'a.csv', `${HEADER}\n${rows.map(line).join('\n')}\n`)
  const map = { type: { value: 'order_created' }, ...(where === undefined ? {} : { where }) }
  return await surveyFile(() => openFile(path), { mapping: parseMapping(map) })
}

const ORDERS = ['1001 30.00 a', '1002 31.00 b']

const WHATEVER_CASE = WORDS.split('|').flatMap((word) => [word, word.toUpperCase(), word.toLowerCase()])

test('each of the words is found among ids', async (context) => {
  const rows = [...ORDERS, ...new Set(WHATEVER_CASE)].map((id) => (id.includes('.00') ? id : `${id} 7.77 x`))
  const { doubts } = await surveyed(context, rows)
  const where = JSON.parse(`{${doubts[0]?.lines[0]}}`).where as { 'Order ID': { not: string[] } }
  assert.deepEqual(where['Order ID'].not, [...new Set(WHATEVER_CASE)])
})

interface TotalsCase {
  readonly what: string
  readonly rows: readonly string[]
  readonly leftOut?: readonly string[]
  readonly asks?: readonly string[]
}

const CASES: readonly TotalsCase[] = [
  { what: 'the sum of the rows above', rows: [...ORDERS, 'Subtotal 28 Nov 61.00 x'], leftOut: ['Subtotal 28 Nov'] },
  {
    what: 'sums of each day, and one of all, in which the others do not count',
    rows: [...ORDERS, 'Summe 28.11. 61.00 x', '1003 5.10 c', 'Summe 29.11. 5.10 x', 'Gesamt November 66.10 x'],
    leftOut: ['Summe 28.11.', 'Summe 29.11.', 'Gesamt November'],
  },
  { what: 'the sum as others write it', rows: ['1 0.10 a', '2 0.20 b', 'Suma 3 $0.30 x'], leftOut: ['Suma 3'] },
  { what: 'a gap where no order has one', rows: [...ORDERS, 'Sous-total : 99.00 -'], leftOut: ['Sous-total :'] },
  { what: 'the word alone, and a gap', rows: [...ORDERS, 'Total 99.00 -'], leftOut: ['Total'] },
  {
    what: 'more totals than orders',
    rows: ['1001 30.00 a', 'Subtotal 1 30.00 x', 'Total 30.00 x'],
    leftOut: ['Subtotal 1', 'Total'],
  },
  { what: 'its word alone', rows: [...ORDERS, 'Total (12) 99.00 x'], asks: ['Total (12)'] },
  {
    what: 'its word, where orders have gaps too',
    rows: ['1001 30.00 -', '1002 31.00 b', 'Total (2) 99.00 -'],
    asks: ['Total (2)'],
  },
  {
    what: 'its word and a gap, where other ids look alike',
    rows: ['Order 1 3.00 a', 'Order 2 3.00 b', 'Total 3 9.00 -'],
    asks: ['Total 3'],
  },
  {
    what: 'the sum at one place and not at the other',
    rows: [...ORDERS, 'Total 61.00 x', '1003 5.00 c', 'Total 7.00 x'],
    asks: ['Total'],
  },
  {
    what: 'one proven, and another by its word',
    rows: [...ORDERS, 'Total 1 61.00 x', 'Total 2 5.00 x'],
    leftOut: ['Total 1'],
    asks: ['Total 2'],
  },
  { what: 'nothing else in the file', rows: ['Total 5.00 x'], asks: ['Total'] },
  { what: 'ids that are all called so', rows: ['Total 1001 5.00 a', 'Total 1002 10.00 b', 'Total 1003 15.00 -'] },
  { what: 'ids that only begin with the letters', rows: [...ORDERS, 'TOTAL-1001 61.00 x', 'Sum41 5.00 -'] },
]

for (const { what, rows, leftOut = [], asks = [] } of CASES) {
  test(`a row that may be a total: ${what}`, async (context) => {
    const { plan, doubts, notes, leftOut: found, mapping } = await surveyed(context, rows)
    const where = mapOfPlan(plan, mapping)['where'] as { readonly 'Order ID'?: { readonly not: readonly string[] } }
    assert.deepEqual(where?.['Order ID']?.not ?? [], leftOut)
    assert.equal(found.get('"Order ID"') ?? 0, leftOut.length)
    for (const id of leftOut) assert.match(notes.join('\n'), new RegExp(`are totals .*"${id.replace(/[.]/g, '\\.')}"`))
    assert.deepEqual(
      doubts.map(({ code, lines }) => [code, ...lines]),
      asks.length === 0
        ? []
        : [
            [
              'ambiguous_rows',
              `"where": ${JSON.stringify({ 'Order ID': { not: [...leftOut, ...asks] } })}`,
              '"where": {"Order ID":{"empty":false}}',
            ],
          ],
    )
  })
}

test('each line of a map that is named settles it: one leaves the rows out, the other sends them', async (context) => {
  const rows = [...ORDERS, 'Total (12) 99.00 x']
  const without = await surveyed(context, rows, { 'order id': { not: ['Total (12)'] } })
  assert.deepEqual([without.doubts, [...without.leftOut]], [[], [['"Order ID"', 1]]])
  const sent = await surveyed(context, [...rows, 'Total 160.00 x'], { 'Order ID': { empty: false } })
  assert.deepEqual([sent.doubts, [...sent.leftOut]], [[], []])
})

test('totals below 1,200 orders are found, and what is said of other columns by a map stays', async (context) => {
  const orders = Array.from({ length: 1_200 }, (_, at) => `${at + 1} 1.00 a`)
  const { plan, doubts, leftOut } = await surveyed(context, [...orders, 'Total 1200 1200.00 x'], { Currency: 'USD' })
  assert.deepEqual([doubts, [...leftOut]], [[], [['"Order ID"', 1]]])
  assert.deepEqual(
    plan.where.map(({ condition }) => condition.column),
    ['Currency', 'Order ID'],
  )
})

for (const [count, isNamed] of [
  [499, true],
  [500, true],
  [501, false],
] as const) {
  test(`${count} different totals that nothing else proves are ${isNamed ? 'named' : 'too many to be named'}, and none is sent`, async (context) => {
    const totals = Array.from({ length: count }, (_, at) => `Total ${at + 1} 7.77 x`)
    const [doubt, ...more] = (await surveyed(context, [...ORDERS, ...totals])).doubts
    assert.deepEqual([doubt?.code, doubt?.lines.length, more], ['ambiguous_rows', isNamed ? 2 : 1, []])
  })
}
