import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { tempFile } from './files.helpers.ts'
import { parseMapping } from './mapping.ts'
import { openFile } from './open-file.ts'
import { mapOfPlan } from './plan-map.ts'
import { FILES, type FileCase } from './survey.cases.ts'
import { type Survey, surveyFile } from './survey.ts'

const TYPE: unknown = { type: { value: 'order_created' } }
const T = '2026-11-28T15:04:00Z'

async function surveyed(context: TestContext, { text, map, zone, contract }: FileCase): Promise<Survey> {
  const path = tempFile(context, text.startsWith('{') ? 'a.ndjson' : 'a.csv', text)
  const mapping = map === undefined ? undefined : parseMapping(map)
  return await surveyFile(() => openFile(path), { mapping, timeZone: zone, contract })
}

function taken({ plan }: Survey): Record<string, string> {
  const all: Record<string, string> = {}
  for (const { field, column } of plan.used)
    all[field] = all[field] === undefined ? column : `${all[field]} + ${column}`
  return all
}

for (const each of FILES) {
  test(`${each.name}`, async (context) => {
    const survey = await surveyed(context, each)
    assert.deepEqual(
      survey.doubts.map(({ code, about }) => `${code} ${about}`),
      each.asks ?? [],
    )
    const said = survey.doubts.map(({ message, lines }) => `${message} ${lines.join(' | ')}`).join('\n')
    for (const words of each.says ?? []) assert.match(said, words)
    if (each.takes !== undefined) assert.deepEqual(taken(survey), { ...taken(survey), ...each.takes })
    const more = Object.keys(taken(survey)).filter((field) => each.asks === undefined && !(field in (each.takes ?? {})))
    if (each.asks === undefined && Object.keys(each.takes ?? {}).length > 1) assert.deepEqual(more, [])
  })
}

test('no value of a person is shown where columns are named', async (context) => {
  const { doubts } = await surveyed(context, {
    name: '',
    text: `id,order,timestamp\na@example.com,b@example.com,${T}\n`,
    map: TYPE,
  })
  assert.doesNotMatch(JSON.stringify(doubts), /example/)
})

test('the plan as a map reads the file in the same way, without a guess', async (context) => {
  const text = `Bestellnummer;Datum;Uhrzeit;Gesamtbetrag;Währung;Status\n1;28.11.2026;15:04;1.234,50;EUR;bezahlt\n`
  const first = await surveyed(context, { name: '', text, map: TYPE, zone: 'Europe/Berlin' })
  const map = mapOfPlan(first.plan, first.mapping)
  assert.deepEqual(map, {
    type: { value: 'order_created' },
    id: 'Bestellnummer',
    timestamp: '{Datum} {Uhrzeit}',
    amount: 'Gesamtbetrag',
    currency: 'Währung',
    decimal: ',',
    thousands: '.',
    timeZone: 'Europe/Berlin',
  })
  const second = await surveyed(context, { name: '', text, map })
  assert.deepEqual(mapOfPlan(second.plan, second.mapping), map)
  assert.ok(second.plan.used.every(({ by }) => by === 'map'))
})

test('the map of a plan with columns of one name is one that the file takes', async (context) => {
  const text = `order_id,created_at,Email,Email\n1,${T},a@example.com,b@example.com\n`
  const first = await surveyed(context, { name: '', text, map: TYPE })
  const map = mapOfPlan(first.plan, first.mapping)
  assert.equal(map['email'], 'Email (1)')
  const second = await surveyed(context, { name: '', text, map })
  assert.deepEqual(mapOfPlan(second.plan, second.mapping), map)
})

test('orders that leave the amount empty are counted; further lines of an order and leads are none', async (context) => {
  const text = `order_id,created_at,event,total,currency,sku\n1,${T},order_created,5.00,EUR,a\n1,${T},order_created,,EUR,b\n2,${T},order_created,,EUR,a\n3,${T},lead_created,,,\n`
  const { ordersWithoutAmount, doubts } = await surveyed(context, { name: '', text })
  assert.deepEqual([ordersWithoutAmount, doubts], [1, []])
})

test('a row that is left out takes no part in the order before it', async (context) => {
  const text = `order_id,created_at,status,total,sku\n1,${T},paid,5.00,a\n2,${T},failed,7.00,b\n2,${T},paid,7,b\n2,${T},paid,7.00,c\n`
  const map = { type: { value: 'order_created' }, where: { status: 'paid' } }
  const survey = await surveyed(context, { name: '', text, map })
  assert.deepEqual([survey.isAmountOfLines, [...survey.leftOut], survey.repeats.size], [false, [['"status"', 1]], 0])
})

test('a row below zero is no sign that amounts are those of lines, and its order is not one without an amount', async (context) => {
  const text = `order_id,created_at,total,kind\n1,${T},-5.00,refund of a line\n1,${T},5.00,a\n2,${T},7.00,a\n2,${T},-7.00,b\n`
  const map = { type: { value: 'order_created' }, currency: { value: 'USD' } }
  const { isAmountOfLines, hasRefunds, ordersWithoutAmount } = await surveyed(context, { name: '', text, map })
  assert.deepEqual([isAmountOfLines, hasRefunds, ordersWithoutAmount], [false, true, 0])
})

test('a column of amounts that rows are left out by keeps its say on how numbers are written', async (context) => {
  const rows = Array.from({ length: 1_200 }, (_, at) => `${at},${T},${at < 1_100 ? '7' : '"1.234,56"'}`).join('\n')
  const map = { type: { value: 'order_created' }, currency: { value: 'EUR' }, where: { total: { negative: false } } }
  const survey = await surveyed(context, { name: '', text: `order_id,created_at,total\n${rows}\n`, map })
  const amount = survey.plan.steps.find(({ field }) => field.key === 'amount')
  assert.deepEqual(amount?.rules.amount, { decimal: ',', thousands: '.' })
})

test('a file that breaks off is judged by what can be read of it', async (context) => {
  const text = `order_id,type,created_at\n1,order_created,${T}\n2,"order_created,${T}\n`
  const survey = await surveyed(context, { name: '', text })
  assert.match(survey.fault?.message ?? '', /never closed/)
})
