import type { KnownExport } from './known-export.ts'

/** What advertisers call conversions, and what these are here; names of events stand for themselves. */
const NAMES = {
  Purchase: 'order_created',
  Sale: 'order_created',
  Order: 'order_created',
  Lead: 'lead_created',
  'Submit Lead Form': 'lead_created',
  'Sign-up': 'registration_completed',
  'Sign up': 'registration_completed',
  CompleteRegistration: 'registration_completed',
  Schedule: 'appointment_scheduled',
  AddToCart: 'items_added',
  InitiateCheckout: 'checkout_started',
  ViewContent: 'contents_viewed',
  PageView: 'page_viewed',
  Subscribe: 'subscription_created',
  StartTrial: 'trial_started',
  order_created: 'order_created',
  lead_created: 'lead_created',
  registration_completed: 'registration_completed',
  appointment_scheduled: 'appointment_scheduled',
  subscription_created: 'subscription_created',
  trial_started: 'trial_started',
}
const LINKEDIN_NAMES = {
  PURCHASE: 'order_created',
  LEAD: 'lead_created',
  QUALIFIED_LEAD: 'lead_created',
  SIGN_UP: 'registration_completed',
  BOOK_APPOINTMENT: 'appointment_scheduled',
  ADD_TO_CART: 'items_added',
  START_CHECKOUT: 'checkout_started',
  VIEW_CONTENT: 'contents_viewed',
  SUBSCRIBE: 'subscription_created',
  START_TRIAL: 'trial_started',
}
const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '')
const BY_LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...NAMES, ...LINKEDIN_NAMES }).map(([name, type]) => [lettersOf(name), type]),
)

/** The event that ad platforms call so, however it is written; `undefined` for any other word. */
export function typeCalled(name: string): string | undefined {
  return BY_LETTERS.get(lettersOf(name))
}

const CLICK_ID_NOTE =
  'Without a column of order ids, click and time are the id, as the platform itself tells conversions apart.'

const uploaded = {
  type: { column: 'Conversion Name', values: NAMES },
  timestamp: 'Conversion Time',
  amount: 'Conversion Value',
  currency: 'Conversion Currency',
}

/** What is uploaded to, and comes from, other platforms of advertising and measurement. */
export const ADVERTISING: readonly KnownExport[] = [
  {
    name: 'google-ads-orders',
    title: 'Google Ads: offline conversions with order ids, and enhanced conversions for leads',
    columns: ['Conversion Name', 'Conversion Time', 'Order ID'],
    map: { ...uploaded, id: 'Order ID', email: 'Email', phone: 'Phone Number' },
  },
  {
    name: 'google-ads-clicks',
    title: 'Google Ads: offline conversions from clicks',
    columns: ['Google Click ID', 'Conversion Name', 'Conversion Time'],
    map: { ...uploaded, id: '{Google Click ID}-{Conversion Time}' },
    notes: [CLICK_ID_NOTE],
  },
  {
    name: 'microsoft-ads-clicks',
    title: 'Microsoft Ads: offline conversions',
    columns: ['Microsoft Click ID', 'Conversion Name', 'Conversion Time'],
    map: { ...uploaded, id: '{Microsoft Click ID}-{Conversion Time}' },
    notes: [CLICK_ID_NOTE],
  },
  {
    name: 'meta-offline-events',
    title: 'Meta: offline events',
    columns: ['event_name', 'event_time', 'value', 'currency', 'order_id'],
    map: {
      id: 'order_id',
      type: { column: 'event_name', values: NAMES },
      timestamp: 'event_time',
      amount: 'value',
      currency: 'currency',
      email: 'email',
      phone: 'phone',
      first_name: 'fn',
      last_name: 'ln',
      city: 'ct',
      region: 'st',
      zip_code: 'zip',
      country: 'country',
      external_id: 'extern_id',
    },
  },
  {
    name: 'linkedin-conversions',
    title: 'LinkedIn: conversions',
    columns: ['timestamp', 'eventtype', 'amount', 'currency', 'email'],
    without: ['id', 'order_id', 'type'],
    map: {
      type: { column: 'eventtype', values: LINKEDIN_NAMES },
      timestamp: 'timestamp',
      amount: 'amount',
      currency: 'currency',
      email: 'email',
      first_name: 'firstname',
      last_name: 'lastname',
      country: 'country',
    },
    asks: ['id'],
    notes: ['The template has no column for an id: add one, or name columns that together are one in a map.'],
  },
  {
    name: 'ga4-bigquery',
    title: 'GA4: events in BigQuery',
    columns: ['event_name', 'event_timestamp', 'user_pseudo_id', 'ecommerce.transaction_id'],
    map: {
      id: 'ecommerce.transaction_id',
      type: { column: 'event_name', values: { purchase: 'order_created', '*': null } },
      action_source: { value: 'web' },
      source_url: 'event_params.page_location',
      timestamp: 'event_timestamp',
      timestampUnit: 'us',
      amount: 'ecommerce.purchase_revenue',
      amountUnit: 'major',
      currency: 'event_params.currency',
      external_id: 'user_id',
      contents: { each: 'items', id: 'item_id', name: 'item_name', quantity: 'quantity' },
    },
    notes: [
      'Only purchases are sent, under the id of their transaction. Prices of items are left out: they are averages that no currency can hold.',
    ],
  },
]
