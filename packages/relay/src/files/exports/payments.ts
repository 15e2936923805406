import type { KnownExport } from './known-export.ts'

const ORDER = { value: 'order_created' }
/** Stripe counts these by other minor units than ISO 4217: their integers would be read wrongly. */
const STRIPE_OWN_UNITS = { not: ['isk', 'ugx', 'mga'] }
const STRIPE_PAID = ['Paid', 'Succeeded', 'Partial Refund', 'Partially Refunded']
const STRIPE_ID_NOTE =
  'The id is that of the payment. Where Stripe also calls a webhook, give that source the option id: "payment_intent_id", or the payment counts twice.'
const PAYPAL_SALES = [
  'Express Checkout Payment',
  'PayPal Express Checkout Payment',
  'Website Payment',
  'General Payment',
  'Mobile Payment',
  'Subscription Payment',
  'Preapproved Payment Bill User Payment',
  'Payment Completed',
]

const STRIPE_CHARGE_NOTE =
  'The id is that of the charge; webhooks name the session. Use one of the two ways for the same orders.'
/** What every table of payments has, whatever it calls its orders by. */
const STRIPE_PAYMENT = {
  type: ORDER,
  ignore: ['Captured', 'Mode', 'Amount Refunded', 'Converted Amount Refunded'],
  amount: 'Amount',
  currency: 'Currency',
  email: 'Customer Email',
  external_id: 'Customer ID',
}
/** Objects of the API count their time in seconds and their amounts in minor units. */
const STRIPE_OBJECT = {
  type: ORDER,
  timestamp: 'created',
  timestampUnit: 's',
  amountUnit: 'minor',
  currency: 'currency',
}
const STRIPE_CHARGE = {
  ...STRIPE_OBJECT,
  where: { object: ['charge'], status: ['succeeded'], refunded: { not: ['true'] }, currency: STRIPE_OWN_UNITS },
  amount: 'amount',
}
const SQUARE_SALE = {
  id: 'Transaction ID',
  type: ORDER,
  action_source: { value: 'physical_store' },
  where: { 'Event Type': ['Payment'] },
  timestamp: '{Date} {Time} {Time Zone}',
  external_id: 'Customer ID',
}

/** Payments as their services export them. */
export const PAYMENTS: readonly KnownExport[] = [
  {
    name: 'stripe-payments-sessions',
    title: 'Stripe: payments, with the column of the session',
    columns: ['id', 'Amount', 'Currency', 'Status', 'PaymentIntent ID', 'Checkout Session ID'],
    map: {
      ...STRIPE_PAYMENT,
      id: 'Checkout Session ID',
      where: { Status: STRIPE_PAID, 'Checkout Session ID': { empty: false } },
      timestamp: 'Created date (UTC)',
    },
    notes: ['The id is that of the session, as in the calls of the webhook.'],
  },
  {
    name: 'stripe-payments',
    title: 'Stripe: payments',
    columns: ['id', 'Created (UTC)', 'Amount', 'Amount Refunded', 'Currency', 'Status', 'PaymentIntent ID'],
    map: {
      ...STRIPE_PAYMENT,
      id: 'PaymentIntent ID',
      where: { Status: STRIPE_PAID },
      timestamp: 'Created (UTC)',
    },
    notes: [STRIPE_ID_NOTE],
  },
  {
    name: 'stripe-balance',
    title: 'Stripe: balance history',
    columns: ['id', 'Type', 'Source', 'Amount', 'Fee', 'Net', 'Currency', 'Created (UTC)'],
    map: {
      id: 'Source',
      type: { column: 'Type', values: { charge: 'order_created', payment: 'order_created', '*': null } },
      timestamp: 'Created (UTC)',
      amount: 'Amount',
      currency: 'Currency',
    },
    notes: [STRIPE_CHARGE_NOTE],
  },
  {
    name: 'stripe-balance-itemized',
    title: 'Stripe: balance change, itemized',
    columns: ['balance_transaction_id', 'reporting_category', 'gross', 'currency', 'created_utc'],
    map: {
      id: 'payment_intent_id',
      type: { column: 'reporting_category', values: { charge: 'order_created', '*': null } },
      timestamp: 'created_utc',
      amount: 'gross',
      currency: 'currency',
      email: 'customer_email',
      external_id: 'customer_id',
    },
    notes: [STRIPE_ID_NOTE],
  },
  {
    name: 'stripe-api-sessions',
    title: 'Stripe API: checkout sessions',
    columns: ['id', 'object', 'amount_total', 'currency', 'created', 'payment_status', 'mode'],
    map: {
      ...STRIPE_OBJECT,
      id: 'id',
      where: { object: ['checkout.session'], payment_status: ['paid'], mode: ['payment'], currency: STRIPE_OWN_UNITS },
      ignore: ['status'],
      amount: 'amount_total',
      email: 'customer_details.email',
      country: 'customer_details.address.country',
      city: 'customer_details.address.city',
      zip_code: 'customer_details.address.postal_code',
    },
  },
  {
    name: 'stripe-api-payments',
    title: 'Stripe API: payment intents',
    columns: ['id', 'object', 'amount_received', 'currency', 'created', 'status'],
    map: {
      ...STRIPE_OBJECT,
      id: 'id',
      where: { object: ['payment_intent'], status: ['succeeded'], currency: STRIPE_OWN_UNITS },
      amount: 'amount_received',
      email: 'receipt_email',
    },
    notes: [STRIPE_ID_NOTE],
  },
  {
    name: 'stripe-api-charges-of-payments',
    title: 'Stripe API: charges of payment intents',
    columns: ['id', 'object', 'amount', 'currency', 'created', 'status', 'payment_intent', 'billing_details.email'],
    map: { ...STRIPE_CHARGE, id: 'payment_intent', email: 'billing_details.email' },
    notes: [STRIPE_ID_NOTE],
  },
  {
    name: 'stripe-api-charges',
    title: 'Stripe API: charges',
    columns: ['id', 'object', 'amount', 'currency', 'created', 'status'],
    without: ['amount_received', 'amount_total', 'payment_intent'],
    map: { ...STRIPE_CHARGE, id: 'id', email: 'receipt_email' },
    notes: [STRIPE_CHARGE_NOTE],
  },
  {
    name: 'square-items',
    title: 'Square: item sales',
    columns: ['Date', 'Time', 'Time Zone', 'Item', 'Qty', 'Net Sales', 'Transaction ID'],
    map: {
      ...SQUARE_SALE,
      amount: { sum: 'Net Sales' },
      item_id: 'SKU',
      item_name: 'Item',
      quantity: 'Qty',
    },
    asks: ['currency'],
    notes: ['The amount is the sum of the lines after discounts, without taxes. Say the currency in a map.'],
  },
  {
    name: 'square-transactions',
    title: 'Square: transactions',
    columns: ['Date', 'Time', 'Time Zone', 'Total Collected', 'Transaction ID'],
    map: { ...SQUARE_SALE, ignore: ['Transaction Status'], amount: 'Total Collected' },
    asks: ['currency'],
    notes: ['Say the currency in a map.'],
  },
  {
    name: 'paypal-activity',
    title: 'PayPal: activity',
    columns: ['Date', 'Time', 'TimeZone', 'Type', 'Status', 'Currency', 'Gross', 'Transaction ID'],
    map: {
      id: 'Transaction ID',
      type: ORDER,
      where: { Status: ['Completed'], Type: PAYPAL_SALES },
      ignore: ['Balance Impact', 'Address Status', 'From Address Status'],
      timestamp: '{Date} {Time} {TimeZone}',
      amount: 'Gross',
      currency: 'Currency',
      email: 'From Email Address',
      country: 'Country Code',
      item_id: 'Item ID',
      item_name: 'Item Title',
    },
    notes: ['Say how dates are written where none is above 12: "dateFormat": "month-first" or "day-first".'],
  },
]
