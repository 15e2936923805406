/** The API's own names and fields, spellings of senders, wishes and consent in tracking calls. */
import { changed } from '../../contract/sample.cases.ts'
import { type SkipCase, sha256, type WireCase } from '../harness.cases.ts'
import { ACTION, COMPLETED_WIRE, named, order, other, tracked, WHO } from './segment.cases.ts'
import type { SegmentOptions } from './settings.ts'

/** Names of the API itself as names of calls, and the shape of each; in any case of letters. */
const STANDARD: readonly (readonly [name: string, data: object])[] = [
  ['page_viewed', { type: 'contents' }],
  ['contents_viewed', { type: 'contents' }],
  ['items_added', { type: 'contents' }],
  ['checkout_started', { type: 'contents' }],
  ['order_created', { type: 'contents' }],
  ['lead_created', ACTION],
  ['registration_completed', ACTION],
  ['appointment_scheduled', ACTION],
  ['subscription_created', { type: 'plan_enrollment' }],
  ['trial_started', { type: 'plan_enrollment' }],
]

const inCamelCase = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())

export const SPELLED: readonly WireCase<SegmentOptions>[] = [
  ...STANDARD.flatMap(([type, data]) =>
    [type, type.toUpperCase(), type.replaceAll('_', ' '), inCamelCase(type)].map((event) => ({
      says: `${event} is ${type}`,
      call: named(event, {}),
      wire: other(type, 'ajs-next-1', data),
    })),
  ),
  ...['app_installed', 'APP_OPENED'].map((event) => ({
    says: `${event} is of an app, whatever the context says`,
    call: named(event, {}),
    wire: changed(other(event.toLowerCase(), 'ajs-next-1', ACTION), {
      action_source: 'mobile_app',
      source_url: undefined,
    }) as object,
  })),
  ...[true, 'true', ' TRUE '].flatMap((wish) =>
    ['opt_out', 'optOut'].map((key) => ({
      says: `${key} ${JSON.stringify(wish)} among the properties goes out`,
      call: tracked({ [`properties.${key}`]: wish }),
      wire: order({ opt_out: true }),
    })),
  ),
  ...['OptOut', 'OPT_OUT', 'Opt Out', 'opt-out', 'opted_out'].map((key) => ({
    says: `a wish named ${key} goes out`,
    call: tracked({ properties: { order_id: '1001', [key]: true }, 'context.page': undefined }),
    wire: changed(COMPLETED_WIRE, {
      opt_out: true,
      oppref: undefined,
      action_source: undefined,
      source_url: undefined,
      data: { type: 'contents' },
    }) as object,
  })),
  ...['orderCompleted', 'OrderCompleted', 'order-completed'].map((event) => ({
    says: `${event} is Order Completed`,
    call: tracked({ event }),
    wire: COMPLETED_WIRE,
  })),
  {
    says: 'a click reference among the traits is older than that of the page',
    call: tracked({ 'context.traits': { oppref: 'old' } }),
    wire: COMPLETED_WIRE,
  },
  {
    says: 'a click reference among the traits counts where the page has none',
    call: tracked({
      'context.traits': { oppref: 'kept' },
      'context.page': { url: 'https://shop.example.com/checkout/thanks' },
    }),
    wire: order({ oppref: 'kept' }),
  },
  {
    says: 'external ids among the traits, after the userId',
    call: tracked({ 'context.traits': { externalIds: ['crm_1', 'crm_2'] } }),
    contract: '2026-11',
    wire: order({
      user: {
        external_ids_sha256: ['user_1', 'crm_1', 'crm_2', 'anon_1'].map(sha256),
        ip_address: '203.0.113.5',
        user_agent: 'Mozilla/5.0 (iPhone)',
      },
    }),
    warnings: ['too_many_values'],
  },
  {
    says: 'an external id among the traits stands for a userId that is missing',
    call: tracked({ userId: null, traits: { external_id: 'crm_1' }, 'context.traits': { zipCode: '94601' } }),
    wire: order({ user: { ...WHO, external_id_sha256: sha256('crm_1'), zip_code: '94601' } }),
  },
  ...[
    { adTrackingEnabled: false },
    { adTrackingEnabled: 'false' },
    { attTrackingStatus: 2 },
    { attTrackingStatus: 1 },
    { attTrackingStatus: '2' },
    { attTrackingStatus: ' Denied' },
  ].map((setting) => ({
    says: `a device that says ${JSON.stringify(setting)} wants no advertising, and its advertising id stays out`,
    call: tracked({ 'context.device': { type: 'android', advertisingId: 'gaid-1', ...setting }, userId: undefined }),
    contract: '2026-11' as const,
    wire: order({
      opt_out: true,
      action_source: 'mobile_app',
      source_url: undefined,
      user: {
        external_ids_sha256: [sha256('anon_1')],
        ip_address: '203.0.113.5',
        user_agent: 'Mozilla/5.0 (iPhone)',
      },
    }),
  })),
  {
    says: 'a device that lets itself be tracked, or was not asked, wishes nothing',
    call: tracked({ 'context.device': { adTrackingEnabled: true, attTrackingStatus: 0 } }),
    wire: COMPLETED_WIRE,
  },
  {
    says: 'a plan that is an object is named by its id',
    call: named('Trial Started', { subscription_id: 's_1', plan: { id: 'pro', name: 'Pro' } }),
    wire: other('trial_started', 's_1', { type: 'plan_enrollment', plan_id: 'pro' }),
  },
  {
    says: 'what floats leave of a price less all of it is nothing',
    call: tracked({ 'properties.total': 0.1 + 0.2 - 0.3 }),
    wire: order({ 'data.amount': 0 }),
  },
  {
    says: 'a wish among the traits counts',
    call: tracked({ 'context.traits': { opt_out: true } }),
    wire: order({ opt_out: true }),
  },
  {
    says: 'a wish in the context counts, also beside a no among the properties',
    call: tracked({ 'properties.opt_out': false, 'context.opt_out': true }),
    wire: order({ opt_out: true }),
  },
  {
    says: 'a mapping takes no wish back',
    call: tracked({ 'properties.opt_out': true, 'properties.ads': true }),
    options: { mapping: { events: { 'Order Completed': { opt_out: 'properties.nothing' } } } },
    wire: order({ opt_out: true }),
  },
  {
    says: 'no wish is none, and consent that is given lets pass',
    call: tracked({
      'properties.opt_out': null,
      'context.consent': { categoryPreferences: { Advertising: true, Analytics: false } },
      'context.consentManagement': { deniedConsentIds: ['analytics'] },
    }),
    wire: COMPLETED_WIRE,
  },
  {
    says: 'RudderStack’s own example: orderId, action_source, source_url, and no page in the context',
    call: named(
      'Order Completed',
      {
        orderId: 'R-4410',
        revenue: 41.5,
        currency: 'USD',
        action_source: 'web',
        source_url: 'https://shop.example/thanks',
      },
      { 'context.page': undefined },
    ),
    wire: changed(other('order_created', 'R-4410', { type: 'contents', amount: 4_150, currency: 'USD' }), {
      source_url: 'https://shop.example/thanks',
      oppref: undefined,
    }) as object,
  },
  {
    says: 'amount and contents under the API’s own names',
    call: named('Subscription Created', {
      amount: '18.00',
      currency: 'EUR',
      contents: [{ id: 'plan-small', quantity: 1, content_type: 'plan', group_id: 'g', variant_dict: { size: 's' } }],
    }),
    wire: other('subscription_created', 'ajs-next-1', {
      type: 'plan_enrollment',
      amount: 1_800,
      currency: 'EUR',
      contents: [{ id: 'plan-small', quantity: 1, content_type: 'plan', group_id: 'g', variant_dict: { size: 's' } }],
    }),
  },
  {
    says: 'flat traits and obref, in the context and beside it',
    call: tracked({
      'context.traits': { email: 'user@example.com', city: 'Oakland', zip: '94601', obref: 'ob_1' },
      traits: { country: 'US' },
    }),
    wire: order({
      user: {
        email_sha256: sha256('user@example.com'),
        country: 'US',
        city: 'Oakland',
        zip_code: '94601',
        obref: 'ob_1',
        ...WHO,
      },
    }),
  },
  ...['', '  ', null, 'N/A'].map((total) => ({
    says: `a total of ${JSON.stringify(total)} is none: the revenue counts`,
    call: tracked({ 'properties.total': total }),
    wire: order({ 'data.amount': 2_500 }),
  })),
  ...['', 'null', 'undefined', '(not set)'].map((id) => ({
    says: `an order_id of ${JSON.stringify(id)} is none: the next name of the order counts`,
    call: tracked({ 'properties.order_id': id, 'properties.orderNumber': 77 }),
    wire: order({ id: '77' }),
  })),
  {
    says: 'the pixel’s event_id names what has no number of its own',
    call: named('Lead', { event_id: 'wb_1' }),
    wire: other('lead_created', 'wb_1', ACTION),
  },
  {
    says: 'an action_source that is none leaves the page',
    call: tracked({ 'properties.action_source': 'Website' }),
    wire: COMPLETED_WIRE,
  },
]

const denied = (preferences: object): Parameters<typeof tracked>[0] => ({
  'context.consent': { categoryPreferences: preferences },
})

/** What is denied is not sent, with the key under which its account is found. */
export const UNWANTED: readonly SkipCase<SegmentOptions>[] = [
  ...[{ Advertising: false }, { marketing: 'false' }, { Targeting: 'denied' }, { C0004: 0, Analytics: true }].map(
    (preferences) => ({
      says: `consent ${JSON.stringify(preferences)} is denied`,
      call: tracked(denied(preferences)),
      code: 'opted_out' as const,
      ref: '1001',
    }),
  ),
  {
    says: 'a category of the shop’s own, by the option',
    call: tracked(denied({ 'Cat-7': false, Advertising: true })),
    options: { consentCategories: ['cat-7'] },
    code: 'opted_out',
    ref: '1001',
  },
  {
    says: 'RudderStack’s list of what was denied',
    call: tracked({ 'context.consentManagement': { deniedConsentIds: ['Marketing'] } }),
    code: 'opted_out',
    ref: '1001',
  },
  {
    says: 'RudderStack’s list of what was denied, of one and no list',
    call: tracked({ 'context.consentManagement': { deniedConsentIds: 'C0004' } }),
    code: 'opted_out',
    ref: '1001',
  },
  {
    says: 'a purpose in camelCase',
    call: tracked({ 'context.consent': { adUserData: false } }),
    code: 'opted_out',
    ref: '1001',
  },
  {
    says: 'a purpose that is denied beside the categories',
    call: tracked({ 'context.consent': { ad_storage: 'denied', analytics_storage: 'granted' } }),
    code: 'opted_out',
    ref: '1001',
  },
  { says: 'a call named custom', call: named('Custom', {}), code: 'no_conversion', ref: 'ajs-next-1' },
  {
    says: 'a total below zero',
    call: tracked({ 'properties.total': -5 }),
    code: 'refunded',
    ref: '1001',
  },
]
