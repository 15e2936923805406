import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tempFile } from './files.helpers.ts'
import { parseMapping } from './mapping.ts'
import { openFile } from './open-file.ts'
import { surveyFile } from './survey.ts'

interface QuestionCase {
  readonly name: string
  readonly text: string
  readonly map?: Readonly<Record<string, unknown>>
  readonly zone?: string
  /** Code, what it is about, and the lines that settle it. */
  readonly asks: readonly (readonly [doubt: string, ...lines: readonly string[]])[]
}

const T = '2026-11-28T15:04:00Z'
const T2 = '2026-11-28T16:04:00Z'
const LEADS = ['"type": {"value":"order_created"}', '"type": {"value":"lead_created"}'] as const

const CASES: readonly QuestionCase[] = [
  {
    name: 'no column for the id: those that may be it are named',
    text: `uuid,reference,created_at,note\na-1,1001,${T},x\nb-2,1002,${T},x\n`,
    asks: [['missing_field id', '"id": "uuid"', '"id": "reference"']],
  },
  {
    name: 'all that is missing is asked at once',
    text: 'name,email\nJane,a@example.com\n',
    map: {},
    asks: [
      ['missing_field id', '"id": "the column of the order number"'],
      ['missing_field type', ...LEADS],
      ['missing_field timestamp', '"timestamp": "the column of the time"'],
    ],
  },
  {
    name: 'a column that is called as the id and is empty in every row gives none',
    text: `order_id,ref,created_at\n,1001,${T}\n,1002,${T}\n`,
    asks: [['missing_field id', '"id": "ref"']],
  },
  {
    name: 'the time under a name that nobody knows',
    text: `order_id,angelegt um ca.\n1,${T}\n`,
    asks: [['missing_field timestamp', '"timestamp": "angelegt um ca."']],
  },
  {
    name: 'names of people, places and statuses are no ids; a column of seconds is a time where it is called so',
    text: 'First Name,Town,LEID,Payment state,ts\nJane,Rome,7,paid,1795878245\nJim,Ulm,8,paid,1795878246\n',
    asks: [
      ['missing_field id', '"id": "LEID"'],
      ['missing_field timestamp', '"timestamp": "ts"'],
    ],
  },
  {
    name: 'of columns that look like money what is paid comes before what is so without taxes and fees',
    text: `Purchase ID,Created at,Subtotal ($),Net ($),Net Sales,Sale Price ($),Price (USD)\n1,${T},30.00,27.00,27.00,32.00,31.00\n`,
    asks: [
      [
        'ambiguous_column amount',
        '"amount": "Sale Price ($)"',
        '"amount": "Price (USD)"',
        '"amount": "Subtotal ($)"',
        '"amount": null',
      ],
    ],
  },
  {
    name: 'a currency in the name of the amount, and another one in a column of currencies',
    text: `order_id,created_at,total_usd,currency\n1,${T},30.00,EUR\n2,${T},31.00,USD\n`,
    map: { type: { value: 'order_created' }, amount: 'total_usd' },
    asks: [['currency_mismatch currency', '"currency": {"value":"USD"}', '"currency": "currency"']],
  },
  {
    name: 'the same currency in the name of the amount and beside it',
    text: `order_id,created_at,Amount (EUR),Currency\n1,${T},30.00,eur\n`,
    asks: [],
  },
  {
    name: 'which of the two currencies it is, as a map says it',
    text: `order_id,created_at,Amount (EUR),Currency\n1,${T},30.00,USD\n`,
    map: { type: { value: 'order_created' }, currency: 'Currency' },
    asks: [],
  },
  {
    name: 'a sign of one currency in the name of the amount, and no column for it',
    text: `order_id,created_at,Total (€)\n1,${T},30.00\n`,
    asks: [['missing_currency currency', '"currency": {"value":"EUR"}']],
  },
  {
    name: 'local times of which no zone is known',
    text: 'order_id,created_at\n1,2026-11-28 15:04\n',
    asks: [['timestamp_without_offset timestamp', '"timeZone": "Europe/Berlin"']],
  },
  {
    name: 'one time with an offset, so that the others are refused one by one',
    text: `order_id,created_at\n1,2026-11-28 15:04\n2,${T}\n`,
    asks: [],
  },
  {
    name: 'seconds, microseconds and nanoseconds are named as what they are',
    text: 'order_id,created_at\n1,1795878240123456\n',
    asks: [['timestamp_in_microseconds timestamp', '"timestampUnit": "us"']],
  },
  {
    name: 'orders without a value beside a column of money that nobody named',
    text: `order_id,created_at,price paid net,currency\n1,${T},25.99,USD\n`,
    asks: [['ambiguous_column amount', '"amount": "price paid net"', '"amount": null']],
  },
  {
    name: 'a header that counts cents is proposed as what counts cents',
    text: `order_id,created_at,price_cents,currency\n1,${T},2599,USD\n`,
    asks: [['ambiguous_column amount', '"data.amount": "price_cents"', '"amount": null']],
  },
  {
    name: 'a column that is called as the amount and that nobody can read',
    text: `order_id,created_at,total,currency\n1,${T},25.99 or so,USD\n`,
    asks: [['ambiguous_column amount', '"amount": "total"', '"amount": null']],
  },
  {
    name: 'money under a name in other letters, and a number there that may be any',
    text: `order_id,created_at,合計金額,数量,currency\n1,${T},"¥12,000",2,JPY\n`,
    asks: [['ambiguous_column amount', '"amount": "合計金額"', '"amount": null']],
  },
  {
    name: 'a column for the amount that is empty in every row',
    text: `order_id,created_at,total,currency\n1,${T},,USD\n2,${T2},,USD\n`,
    asks: [['ambiguous_column amount', '"amount": null']],
  },
  {
    name: 'one order of which the amount is empty, which is told',
    text: `order_id,created_at,total,currency\n1,${T},,USD\n2,${T2},5.00,USD\n`,
    asks: [],
  },
  {
    name: 'millionths of a currency are not offered as the amount',
    text: `order_id,created_at,revenue_micros,currency\n1,${T},25990000,USD\n`,
    asks: [['ambiguous_column amount', '"amount": null']],
  },
  {
    name: 'money of lines may be added up',
    text: `order_id,created_at,line_total,currency,sku\n1,${T},10.00,USD,a\n1,${T},10.00,USD,b\n`,
    asks: [['ambiguous_column amount', '"amount": {"sum":"line_total"}', '"amount": "line_total"', '"amount": null']],
  },
  {
    name: 'amounts without a currency: a column of codes is named',
    text: `order_id,created_at,total,Geldeinheit\n1,${T},25.99,EUR\n2,${T},25.99,CHF\n`,
    asks: [['missing_currency currency', '"currency": "Geldeinheit"']],
  },
  {
    name: 'amounts without a currency: the header of the amount names it',
    text: `Bestellnummer;Bestelldatum;Total CHF\n1;${T};99.00\n`,
    asks: [['missing_currency currency', '"currency": {"value":"CHF"}']],
  },
  {
    name: 'one amount that names its currency, so that the others are refused one by one',
    text: `order_id,created_at,total\n1,${T},99.00\n2,${T},EUR 99.00\n`,
    asks: [],
  },
  {
    name: 'amounts without a currency, as the map says',
    text: `order_id,created_at,total\n1,${T},99.00\n`,
    map: { currency: { value: 'EUR' } },
    asks: [],
  },
  {
    name: 'orders that have no value, as the map says',
    text: `order_id,created_at,price paid net,currency\n1,${T},25.99,USD\n`,
    map: { amount: null },
    asks: [],
  },
  {
    name: 'taxes and shipping are no value of an order',
    text: `order_id,created_at,shipping total,tax amount\n1,${T},4.99,1.00\n`,
    asks: [],
  },
  {
    name: 'row numbers of an order_items table, whose order number has a name that nobody knows',
    text: `id,basket,created_at,total,currency,sku\n1,B-1001,${T},30.00,USD,a\n2,B-1001,${T},30.00,USD,b\n3,B-1002,${T2},9.00,USD,c\n`,
    asks: [['ambiguous_column id', '"id": "basket"', '"id": "id"']],
  },
  {
    name: 'orders that share a column and nothing else are orders',
    text: `id,batch,created_at,total,currency\n1,B-1,${T},30.00,USD\n2,B-1,${T2},30.00,USD\n3,B-2,${T2},9.00,USD\n`,
    asks: [],
  },
  {
    name: 'lines of one order under numbers of rows, as the map says',
    text: `id,basket,created_at,total,currency,sku\n1,B-1001,${T},30.00,USD,a\n2,B-1001,${T},30.00,USD,b\n3,B-1002,${T2},9.00,USD,c\n`,
    map: { id: 'id' },
    asks: [],
  },
  {
    name: 'a status of numbers has no words that could be kept',
    text: `order_id,created_at,status\n1,${T},2\n2,${T},7\n`,
    asks: [['ambiguous_status status', '"ignore": ["status"]']],
  },
  {
    name: 'a status of words that nobody knows, but one that was taken back',
    text: `order_id;created_at;Zustand\n1;${T};Rechnung\n2;${T};Gutschrift\n`,
    asks: [['ambiguous_status Zustand', '"where": {"Zustand":["Rechnung"]}', '"ignore": ["Zustand"]']],
  },
  {
    name: 'a status in Italian',
    text: `Numero ordine;Data ordine;Stato\n1;${T};Completato\n2;${T};Annullato\n`,
    asks: [['ambiguous_status Stato', '"where": {"Stato":["Completato"]}', '"ignore": ["Stato"]']],
  },
]

for (const { name, text, map = { type: { value: 'order_created' } }, zone, asks } of CASES) {
  test(name, async (context) => {
    const path = tempFile(context, 'a.csv', text)
    const given =
      map['type'] === undefined && Object.keys(map).length > 0 ? { type: { value: 'order_created' }, ...map } : map
    const { doubts } = await surveyFile(() => openFile(path), { mapping: parseMapping(given), timeZone: zone })
    assert.deepEqual(
      doubts.map(({ code, about, lines }) => [`${code} ${about}`, ...lines]),
      asks,
    )
  })
}
