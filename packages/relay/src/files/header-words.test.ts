import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countsMinorUnits, namesClock } from './header-words.ts'
import { guessField } from './synonym.ts'

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  id: [
    'N° de commande',
    'Numéro de commande',
    'Numero ordine',
    'Nº de pedido',
    'Auftrags-Nr.',
    'Belegnummer',
    'Rechnungsnummer',
    'sale_id',
    'Order Reference',
    'orderCode',
    'Codice ordine',
    'Bestelnummer',
  ],
  timestamp: [
    'date_commande',
    'Date de la commande',
    "Data dell'ordine",
    'Fecha de creación',
    'Zeitpunkt UTC',
    'date_created_gmt',
    'createdAtUtc',
    'created_at_utc',
    'Erstellt am',
    'Payé le',
    'Order Date Time',
    'Datum bestelling',
    'Besteldatum',
  ],
  amount: [
    'Montant TTC',
    'Total incl. VAT',
    'Gesamtbetrag brutto',
    'Gesamtbetrag (EUR)',
    'Order total EUR',
    'Importe total del pedido',
    'Valore ordine',
    'Umsatz',
    'Totaal bedrag',
    'Amount Paid',
    'Valor total',
  ],
  currency: ['Valuta', 'Währung der Bestellung', 'Moneda del pedido', 'Currency Code', 'Munteenheid'],
}

/** Parts of an amount, dates of other things, and words that are no header of an order. */
const NOTHING: readonly string[] = [
  'Total Tax',
  'Tax amount',
  'Amount Refunded',
  'Shipping total',
  'Total items',
  'Birth date',
  'Delivery date',
  'Order note',
  'Order status',
  'Sale price',
  'Data',
  'Number',
  'Reference',
  'Kundenwunsch',
  'x'.repeat(500),
]

for (const [field, headers] of Object.entries(HEADERS)) {
  for (const header of headers) test(`"${header}" is ${field}`, () => assert.equal(guessField(header)?.name, field))
}

for (const header of NOTHING) {
  test(`"${header.slice(0, 40)}" is no field`, () => assert.equal(guessField(header), undefined))
}

test('a header of an amount that says that it counts cents is the field that does', () => {
  assert.deepEqual(
    ['Amount (cents)', 'total_cents', 'Total CHF (Rappen)', 'item_price_cents', 'Amount', 'Unit price'].map(
      (header) => guessField(header)?.name,
    ),
    ['data.amount', undefined, 'data.amount', undefined, 'amount', 'item_amount'],
  )
})

test('a header names the time of day of an order, and of nothing that comes after it', () => {
  const clocks = [
    'Time',
    'Order time',
    'Uhrzeit',
    'Bestellzeit',
    'Hora de la compra',
    'Ora ordine',
    'Heure',
    'Time (EST)',
    'local_time',
  ]
  const others = [
    'Delivery time',
    'Pickup time',
    'Lieferzeit',
    'Prep time',
    'Time Zone',
    'Times',
    'Created at',
    'Response Time',
  ]
  assert.deepEqual([...clocks, ...others].filter(namesClock), clocks)
})

test('a header says that it counts cents', () => {
  assert.deepEqual(
    ['amount_cents', 'Total (minor units)', 'priceInCents', 'cent', 'Total', 'center', 'percent'].map(countsMinorUnits),
    [true, true, true, true, false, false, false],
  )
})
