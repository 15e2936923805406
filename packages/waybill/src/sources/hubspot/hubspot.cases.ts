/** Payloads in the shape of HubSpot's documentation: notices of the Webhooks API, and deals as a workflow's webhook action posts them. */
import { type Change, changed } from '../../contract/sample.cases.ts'
import { type SkipCase, sha256, type WireCase } from '../harness.cases.ts'
import type { SourceCall } from '../source.ts'
import type { HubspotOptions } from './settings.ts'

const AT = 1_773_892_800_123

/** A list of one notice: deal 4500 came to a stage. */
export const NOTICE: object = {
  appId: 12_345,
  attemptNumber: 0,
  changeSource: 'CRM_UI',
  eventId: 802_835_955,
  objectId: 4_500,
  occurredAt: AT,
  portalId: 5_799_819,
  propertyName: 'dealstage',
  propertyValue: 'closedwon',
  sourceId: 'userId:1',
  subscriptionId: 92_894,
  subscriptionType: 'deal.propertyChange',
}
export const notices = (...changes: readonly Change[]): SourceCall => ({
  payload: changes.map((change) => changed(NOTICE, change)),
  receivedAtMs: AT + 5_000,
})

/** A deal of the CRM API. */
const DEAL = {
  id: '4500',
  archived: false,
  createdAt: '2026-02-01T10:00:00Z',
  updatedAt: '2026-03-19T04:00:05Z',
  properties: {
    amount: '1500.00',
    closedate: '2026-03-19T00:00:00Z',
    deal_currency_code: 'EUR',
    dealname: 'Ada Lovelace',
    dealstage: 'closedwon',
    hs_object_id: '4500',
    hs_v2_date_entered_closedwon: '2026-03-19T04:00:00.123Z',
    oppref: 'click%201',
    pipeline: 'default',
  },
}
/** The same deal of the older deals API. */
const OLDER_DEAL = {
  portalId: 5_799_819,
  dealId: 4_500,
  isDeleted: false,
  properties: {
    amount: { value: '1500.00', timestamp: AT - 90_000, source: 'CRM_UI' },
    deal_currency_code: { value: 'EUR' },
    dealstage: { value: 'closedwon', timestamp: AT },
    oppref: { value: 'click%201' },
  },
}
const STAGES = {
  closedwon: 'order_created',
  appointmentscheduled: 'appointment_scheduled',
  qualifiedtobuy: 'lead_created',
} as const
const OPTIONS: HubspotOptions = { stages: STAGES }
const deal = (payload: unknown): SourceCall => ({ payload, receivedAtMs: AT + 5_000 })

const WON = {
  id: '4500',
  type: 'order_created',
  timestamp_ms: AT,
  oppref: 'click%201',
  action_source: 'offline',
  data: { type: 'contents', amount: 150_000, currency: 'EUR' },
}
const won = (change: Change = {}): object => changed(WON, change) as object
const NOTICED: Change = { oppref: undefined, data: { type: 'contents' } }

export const WIRE: readonly WireCase<HubspotOptions>[] = [
  {
    says: 'a deal came to a stage',
    call: notices({}),
    options: OPTIONS,
    wire: won(NOTICED),
    keys: ['4500'],
    repeats: 'first_wins',
  },
  {
    says: 'a notice of the generic subscriptions',
    call: notices({ subscriptionType: 'object.propertyChange', objectTypeId: '0-3' }),
    options: OPTIONS,
    wire: won(NOTICED),
  },
  {
    says: 'another stage is another event',
    call: notices({ propertyValue: 'qualifiedtobuy' }),
    options: OPTIONS,
    wire: won({ ...NOTICED, type: 'lead_created', data: { type: 'customer_action' } }),
  },
  { says: 'a deal of the CRM API', call: deal(DEAL), options: OPTIONS, wire: won() },
  { says: 'a deal of the older API', call: deal(OLDER_DEAL), options: OPTIONS, wire: won() },
  {
    says: 'a body whose fields were chosen in the workflow',
    call: deal({
      hs_object_id: 4_500,
      dealstage: 'closedwon',
      amount: '1500',
      deal_currency_code: 'EUR',
      email: 'user@example.com',
    }),
    options: OPTIONS,
    wire: won({ oppref: undefined, timestamp_ms: AT + 5_000, user: { email_sha256: sha256('user@example.com') } }),
  },
  {
    says: 'a deal that is named by its object id',
    call: deal({
      objectId: 4_500,
      dealstage: 'closedwon',
      hs_date_entered_closedwon: String(AT),
      phone: '+14155552671',
    }),
    contract: '2026-11',
    options: OPTIONS,
    wire: won({ ...NOTICED, user: { phone_numbers_sha256: [sha256('14155552671')] } }),
  },
  {
    says: 'JPY',
    call: deal(changed(DEAL, { 'properties.deal_currency_code': 'JPY', 'properties.amount': '8900' })),
    options: OPTIONS,
    wire: won({ 'data.amount': 8_900, 'data.currency': 'JPY' }),
  },
  {
    says: 'KWD',
    call: deal(changed(DEAL, { 'properties.deal_currency_code': 'KWD', 'properties.amount': '12.345' })),
    options: OPTIONS,
    wire: won({ 'data.amount': 12_345, 'data.currency': 'KWD' }),
  },
  {
    says: 'an account of one currency',
    call: deal(changed(DEAL, { 'properties.deal_currency_code': null })),
    options: { stages: STAGES, currency: 'usd' },
    wire: won({ 'data.currency': 'USD' }),
  },
  {
    says: 'a deal without an amount',
    call: deal(changed(DEAL, { 'properties.amount': '' })),
    options: OPTIONS,
    wire: won({ data: { type: 'contents' } }),
  },
  {
    says: 'the id may be a template',
    call: deal(DEAL),
    options: { ...OPTIONS, id: 'deal_{deal_id}' },
    wire: won({ id: 'deal_4500' }),
  },
  {
    says: 'a deal that began on the web',
    call: deal(DEAL),
    options: { ...OPTIONS, actionSource: 'web', sourceUrl: 'https://example.com/demo' },
    wire: won({ action_source: 'web', source_url: 'https://example.com/demo' }),
  },
  {
    says: 'a mapping gives a stage a custom event',
    call: deal(changed(DEAL, { 'properties.dealstage': 'Contract Sent' })),
    options: {
      stages: STAGES,
      mapping: {
        events: {
          'contract sent': {
            type: { value: 'custom' },
            custom_event_name: { value: 'contract_sent' },
            email: 'properties.dealname',
          },
        },
      },
    },
    wire: won({ type: 'custom', custom_event_name: 'contract_sent', 'data.type': 'custom', timestamp_ms: AT + 5_000 }),
    warnings: ['invalid_identity'],
  },
]

export const SKIPPED: readonly SkipCase<HubspotOptions>[] = [
  {
    says: 'a stage that the options do not name',
    call: notices({ propertyValue: 'contractsent' }),
    options: OPTIONS,
    code: 'no_conversion',
  },
  {
    says: 'a deal in such a stage',
    call: deal({ id: '1', properties: { dealstage: 'closedlost' } }),
    options: OPTIONS,
    code: 'no_conversion',
  },
  {
    says: 'another property',
    call: notices({ propertyName: 'amount', propertyValue: '5' }),
    options: OPTIONS,
    code: 'no_conversion',
    ref: '4500',
  },
  {
    says: 'another object',
    call: notices({ subscriptionType: 'object.propertyChange', objectTypeId: '0-1' }),
    options: OPTIONS,
    code: 'no_conversion',
    ref: '4500',
  },
  { says: 'a deleted deal', call: deal({ ...DEAL, archived: true }), options: OPTIONS, code: 'cancelled', ref: '4500' },
  { says: 'no object', call: deal(7), options: OPTIONS, code: 'malformed', path: '' },
  { says: 'no object in a list', call: { payload: ['x'] }, options: OPTIONS, code: 'malformed', path: '[0]' },
  { says: 'no deal’s id', call: notices({ objectId: null }), options: OPTIONS, code: 'malformed', path: 'objectId' },
  {
    says: 'no time',
    call: notices({ occurredAt: null }),
    options: OPTIONS,
    code: 'malformed',
    path: 'occurredAt',
    ref: '4500',
  },
]
