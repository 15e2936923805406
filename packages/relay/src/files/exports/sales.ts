import type { KnownExport } from './known-export.ts'

/** Deals and opportunities. A deal that was won is an order; whoever counts it as another event says so in a map. */
const WON = { 'Closed Won': 'order_created', Won: 'order_created', closedwon: 'order_created', '*': null }

/** What systems of sales and of mail export. */
export const SALES: readonly KnownExport[] = [
  {
    name: 'hubspot-deals',
    title: 'HubSpot: deals',
    columns: ['Record ID', 'Deal Stage', 'Close Date', 'Amount'],
    map: {
      id: 'Record ID',
      type: { column: 'Deal Stage', values: WON },
      timestamp: 'Close Date',
      amount: 'Amount',
      currency: 'Currency',
      email: 'Email',
    },
    notes: [
      'The stage Closed Won is an order; other stages are left out. The id is that of the deal, as in the calls of the webhook.',
    ],
  },
  {
    name: 'salesforce-opportunities',
    title: 'Salesforce: report of opportunities',
    columns: ['Opportunity ID', 'Close Date', 'Amount', 'Stage'],
    map: {
      id: 'Opportunity ID',
      type: { column: 'Stage', values: WON },
      timestamp: 'Close Date',
      amount: 'Amount',
      currency: 'Amount Currency',
      email: 'Email',
    },
    notes: ['The stage Closed Won is an order; other stages are left out.'],
  },
  {
    name: 'pipedrive-deals',
    title: 'Pipedrive: deals',
    columns: ['Deal - ID', 'Deal - Value', 'Deal - Status', 'Deal - Won time'],
    map: {
      id: 'Deal - ID',
      type: { column: 'Deal - Status', values: WON },
      ignore: ['Deal - Stage'],
      timestamp: 'Deal - Won time',
      amount: 'Deal - Value',
      currency: 'Deal - Currency of Value',
      email: 'Person - Email - Work',
      phone: 'Person - Phone - Work',
    },
    notes: ['Times are in UTC where the export was made by an admin in UTC; else name the zone with --time-zone.'],
  },
  {
    name: 'klaviyo-events',
    title: 'Klaviyo: events',
    columns: ['Date', 'Time', 'Metric', 'Event ID', 'Email'],
    map: {
      id: 'Event ID',
      type: {
        column: 'Metric',
        values: {
          'Placed Order': 'order_created',
          'Started Checkout': 'checkout_started',
          'Checkout Started': 'checkout_started',
          'Added to Cart': 'items_added',
          'Viewed Product': 'contents_viewed',
          '*': null,
        },
      },
      timestamp: '{Date} {Time}',
      amount: '$value',
      currency: 'Currency',
      email: 'Email',
      external_id: 'Profile ID',
    },
  },
]
