import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ColumnProfile } from './column-profile.ts'
import { saysStatus, statusOf, statusWord } from './status.ts'

const WORDS: Readonly<Record<'done' | 'undone' | 'none', readonly string[]>> = {
  done: [
    'paid',
    'Completed',
    'wc-completed',
    'PROCESSING',
    'closed won',
    'Closed_Won',
    'partially fulfilled',
    'bezahlt',
    'Abgeschlossen',
    'vollständig',
    'payée',
    'Expédié',
    'Pagado',
    'completado',
    'closedWon',
    'Closed won (Sales)',
  ],
  undone: [
    'refunded',
    'Cancelled',
    'canceled',
    'order_cancelled',
    'on-hold',
    'Closed Lost',
    'storniert',
    'Rückerstattet',
    'annulée',
    'remboursé',
    'Pendiente',
    'reembolsado',
    'payout',
    'chargeback',
    'Credit Note',
    'devis',
    'Nota de crédito',
    'Closed lost (Sales)',
  ],
  none: ['', 'Arizona', 'paid in full', '7', 'true', 'Paid (refunded in part)', 'test'],
}

for (const [kind, words] of Object.entries(WORDS)) {
  for (const word of words)
    test(`"${word}" as a status is ${kind}`, () => {
      assert.equal(statusWord(word) ?? 'none', kind)
    })
}

function profileOf(column: string, cells: readonly string[]): ColumnProfile {
  const profile = new ColumnProfile(column)
  for (const cell of cells) profile.add(cell)
  return profile
}

/** Column, its cells, and the values that are in doubt; `undefined` for a column that is no status. */
const COLUMNS: readonly (readonly [
  column: string,
  cells: readonly string[],
  doubtful: readonly string[] | undefined,
])[] = [
  ['Status', ['paid', 'shipped'], []],
  ['Status', ['paid', 'odd'], ['odd']],
  ['Situação', ['Pedido pago', 'Pedido cancelado'], ['Pedido cancelado']],
  ['Situação', ['Em Curitiba', 'Em Recife'], undefined],
  ['État', ['Paiement accepté', 'En attente de paiement'], ['En attente de paiement']],
  ['Betaling', ['Voldaan', 'Niet voldaan'], ['Niet voldaan']],
  ['Pagamento', ['Saldato', 'Da pagare'], ['Da pagare']],
  ['Estado del pedido', ['Enviado', 'Pendiente de envío'], ['Pendiente de envío']],
  ['orderStatus', ['Komplett abgeschlossen', 'Storniert / Abgelehnt'], ['Storniert / Abgelehnt']],
  ['Type', ['Sales invoice', 'Sales credit note'], ['Sales invoice', 'Sales credit note']],
  ['document_type', ['invoice', 'quote'], ['invoice', 'quote']],
  ['type', ['ecommerceOrder', 'ecommerceAbandonedCart'], ['ecommerceOrder', 'ecommerceAbandonedCart']],
  ['environment', ['production', 'sandbox'], ['production', 'sandbox']],
  ['mode', ['live', 'test'], ['live', 'test']],
  ['mode', ['live', 'live'], undefined],
  ['Variant', ['test', 'control'], undefined],
  ['is_spam', ['0', '1'], ['1']],
  ['fraud_score', ['0.1', '0.9'], undefined],
  ['Payment Method', ['Bank transfer', 'Card', 'Cash on delivery'], undefined],
  ['Category', ['Non-fiction', 'Daughters'], undefined],
  ['Financial Status', ['voided'], ['voided']],
  ['Deal Stage', ['Closed Won', 'Negotiation'], ['Negotiation']],
  ['Zahlungsstatus', ['bezahlt', 'offen'], ['offen']],
  ['Statut', ['payé', 'annulé'], ['annulé']],
  ['Estado', ['pagado', 'cancelado'], ['cancelado']],
  ['Estado', ['Jalisco', 'Sonora'], undefined],
  ['state', ['AZ', 'NV'], undefined],
  ['state', ['processing', 'failed'], ['failed']],
  ['Type', ['charge', 'refund', 'adjustment of fees'], ['refund', 'adjustment of fees']],
  ['Type', ['gift', 'book'], undefined],
  ['Cancelled at', ['2026-11-28T10:00:00Z'], ['2026-11-28T10:00:00Z']],
  ['Amount Refunded', ['0.00', '0', '5.00'], ['5.00']],
  ['refunded', ['false', 'true'], ['true']],
  ['Captured', ['true', 'false'], ['false']],
  ['is_test', ['false', 'true'], ['true']],
  ['Annullato', ['no', 'sì'], ['sì']],
  ['Devuelto', ['No', 'Sí'], ['Sí']],
  ['Prueba', ['No', 'Sí'], ['Sí']],
  ['Estornado', ['não', 'sim'], ['sim']],
  ['deleted_at', ['2026-11-28T10:00:00Z'], ['2026-11-28T10:00:00Z']],
  ['order_status_id', ['5', '7'], ['5', '7']],
  ['Refund reason', ['too small'], undefined],
  ['Returning customer', ['yes', 'no'], undefined],
  ['Status', [], undefined],
  ['Status date', ['2026-11-28T10:00:00Z'], undefined],
  ['Status', Array.from({ length: 100 }, (_, at) => `free text ${at}`), undefined],
]

for (const [column, cells, doubtful] of COLUMNS) {
  test(`a column "${column}" with ${cells.slice(0, 3).join(', ') || 'nothing'} has ${doubtful?.join(', ') || (doubtful ? 'nothing' : 'no status')} in doubt`, () => {
    assert.deepEqual(statusOf(profileOf(column, cells))?.doubtful, doubtful)
  })
}

test('half of the words of a column have to be those of a status, whatever its name', () => {
  assert.deepEqual(
    [['paid', 'lost'], ['paid', 'a', 'b'], ['paid', 'a'], []].map((cells) => saysStatus(profileOf('x', cells))),
    [true, false, true, false],
  )
})
