import type { FriendlyItem } from '../../contract/friendly-data.ts'
import { APP_EVENTS, type EventName } from '../../contract/names.ts'
import { isObject, type PlainObject } from '../../contract/plain.ts'
import { safeKey } from '../../contract/text.ts'
import { eventId } from '../../event-id.ts'
import { firstAmount, priced, statedCurrency, sumOf } from '../amount.ts'
import { type Candidate, collect, conclude } from '../candidate.ts'
import { bestClick, clickAmong, clickInUrl, unreadClicks } from '../click.ts'
import { isGiven } from '../consent.ts'
import type { Draft } from '../draft.ts'
import { contentsOf, itemsFrom } from '../item.ts'
import { callName } from '../mapping/mapping.ts'
import { MAX_NOTES, type Note } from '../notes.ts'
import { pageOf, placeOf } from '../page.ts'
import { userOf } from '../person.ts'
import { firstMeaning, firstText, listOf, objectOf, text } from '../read.ts'
import { malformed, type Skip, skip } from '../skip.ts'
import type { Source, SourceCall, SourceEvent } from '../source.ts'
import { isStated, isUnread, looksLike } from '../unused.ts'
import { wishIn } from '../wish.ts'
import { ga4Event } from './events.ts'
import { type Ga4Options, type Ga4Settings, ga4Settings } from './settings.ts'

export type { Ga4Options } from './settings.ts'

/**
 * Bodies of Google Analytics' Measurement Protocol (`/mp/collect`). `value` is the amount, as it was sent. Throws a `ConfigError` for
 * wrong options; the source itself never throws.
 */
export function createGa4Source(options: Ga4Options = {}): Source {
  const settings = ga4Settings(options)
  return (call) => {
    const { payload } = call
    const events = objectOf(payload)['events']
    if (!isObject(payload) || !Array.isArray(events)) return collect([malformed(isObject(payload) ? 'events' : '')])
    return collect(
      events.map((event: unknown, index) =>
        outcomeOf({ call, body: payload, event: objectOf(event), index }, settings),
      ),
    )
  }
}

/** One event of a body, with what the body says for all of its events. */
interface Hit {
  readonly call: SourceCall
  readonly body: PlainObject
  readonly event: PlainObject
  readonly index: number
}

function outcomeOf(hit: Hit, settings: Ga4Settings): SourceEvent | Skip {
  const { event, index } = hit
  const name = text(event['name'])
  if (name === undefined) return malformed(`events[${index}].name`)
  const candidate = candidateOf(hit, name, settings)
  const ref = text(objectOf(event['params'])['transaction_id']) ?? candidate.draft.id
  if (isTest(hit) && !settings.sendTests) return skip('test_order', { message: 'It was sent for debugging.', ref })
  if (isDenied(hit, 'ad_user_data', 'ad_storage')) return skip('opted_out', { message: DENIED, ref })
  if (name === 'refund' && !settings.mapping.has('refund')) return skip('refunded', { message: REFUND, ref })
  return conclude(candidate, settings)
}

const REFUND = 'An order was paid back. The API takes no refunds.'
const DENIED = 'The body says that consent to ad_user_data or ad_storage was denied.'

/** In the body or at the event; Google's newer APIs write `adUserData` for `ad_user_data`. */
function isDenied({ body, event }: Hit, ...purposes: readonly string[]): boolean {
  const wanted = new Set(purposes.map(callName))
  const said = [body, event].flatMap(({ consent }) => Object.entries(objectOf(consent)))
  return said.some(([purpose, choice]) => wanted.has(callName(purpose)) && !isGiven(choice))
}

function isTest({ call, event }: Hit): boolean {
  const mode = text(objectOf(event['params'])['debug_mode'])
  return call.isTest === true || mode === '1' || objectOf(event['params'])['debug_mode'] === true
}

function candidateOf(hit: Hit, name: string, settings: Ga4Settings): Candidate {
  const { body, event } = hit
  const params = objectOf(event['params'])
  const names = {
    transaction_id: text(params['transaction_id']),
    client_id: text(body['client_id']),
    shop: settings.name,
  }
  const scope = { payload: event, names }
  const known = ga4Event(name)
  const named =
    known?.type === 'order_created' ? [settings.orderId.of(scope)] : (known?.ids ?? []).map((key) => params[key])
  const id = firstMeaning(...named, params['event_id'], hitId(hit, name, params))
  const draft = { ...draftOf(hit, params, known?.type, settings), id }
  return {
    name,
    scope,
    draft,
    notes: known === undefined ? [] : notesOf(draft, params, hit.index),
    paths: { id: 'client_id', timestamp: 'timestamp_micros' },
    keys: [params['transaction_id'], params['cart_id'], body['client_id'], body['user_id']],
    // A repeat without timestamp_micros has another time, and is the same hit.
    repeats: 'first_wins',
    shop: settings.name,
  }
}

/** Parameters that are read, or name a visit and no conversion. */
const READ: ReadonlySet<string> = new Set(['transaction_id', 'value', 'items', 'event_id', 'lead_id', 'session_number'])

const IDS = ['transaction_id', 'lead_id', 'event_id'] as const

/** What speaks of money, an order or a place and had no effect on the event. */
function notesOf({ id, data }: Draft, params: PlainObject, index: number): readonly Note[] {
  const found = looksLike(params, READ)
  const keys = [
    ...(data?.amount === undefined ? found.amount : []),
    ...(id?.startsWith('wb_') ? found.id : []),
    ...(data?.contents === undefined && isStated(params['items']) ? ['items'] : []),
    ...(id?.startsWith('wb_') ? IDS.filter((key) => isUnread(params[key])) : []),
    ...(isStated(params['page_location']) && pageOf(params['page_location']) === undefined ? ['page_location'] : []),
    ...unreadClicks(Object.entries(params)),
  ]
  return keys
    .slice(0, MAX_NOTES)
    .map((key) => ({ code: 'unused_field', path: `events[${index}].params.${safeKey(key)}` }))
}

/** An event before its id. */
function draftOf(hit: Hit, params: PlainObject, type: EventName | undefined, settings: Ga4Settings): Draft {
  const currency = statedCurrency(params['currency']) ?? settings.currency
  const micros = microsOf(hit)
  return {
    type,
    timestamp: micros === undefined ? hit.call.receivedAtMs : fromMicros(micros),
    oppref: bestClick(clickAmong(Object.entries(params)), clickInUrl(params['page_location'])),
    user: personOf(hit.body, settings),
    ...wishOf(hit, params),
    ...placeOf(
      APP_EVENTS.has(type)
        ? { ...settings.place, actionSource: settings.place.actionSource ?? 'mobile_app' }
        : settings.place,
      pageOf(params['page_location']),
    ),
    data: { ...amountOf(params, currency), ...contentsOf(itemsOf(params, currency)) },
  }
}

const microsOf = ({ event, body }: Hit): string | undefined =>
  text(event['timestamp_micros']) ?? text(body['timestamp_micros'])

/** Microseconds, cut to milliseconds: an event must not move into the future. What is none stays, to be refused in words. */
function fromMicros(micros: string): string | number {
  return /^\d{1,16}$/.test(micros) ? Math.floor(Number(micros) / 1_000) : micros
}

/** The protocol names no hit. The same client, moment, name and parameters are the same hit, sent twice. */
function hitId(hit: Hit, name: string, params: PlainObject): string | undefined {
  const { call, body } = hit
  const client = firstText(body['client_id'], body['app_instance_id'], body['user_id'])
  const moment = microsOf(hit) ?? text(call.receivedAtMs)
  return client === undefined || moment === undefined
    ? undefined
    : eventId('ga4', client, name, moment, JSON.stringify(params))
}

/** What the hit says of the person's wish, in any of the protocol's ways. */
function wishOf(hit: Hit, params: PlainObject): Draft {
  const { body, event } = hit
  const parts = [params, event, body, propertiesOf(body)]
  const isRefused =
    isDenied(hit, 'ad_personalization') ||
    parts.some(
      (part) => NON_PERSONALIZED.some((key) => isSaid(part[key])) || ALLOWED.some((key) => !isGiven(part[key])),
    )
  return isRefused ? { optOut: true } : wishIn(...parts)
}

const NON_PERSONALIZED = ['non_personalized_ads', 'npa'] as const
const ALLOWED = ['allow_ad_personalization_signals', 'allow_personalized_ads'] as const

/** True for what says yes, and for what says neither yes nor no. */
const isSaid = (value: unknown): boolean =>
  value !== undefined && value !== null && !/^(?:false|0|no)?$/i.test(String(value).trim())

/** Each property of the user is an object with its value. */
function propertiesOf(body: PlainObject): PlainObject {
  const properties = Object.entries(objectOf(body['user_properties']))
  return Object.fromEntries(properties.map(([name, value]) => [name, isObject(value) ? value['value'] : value]))
}

/** The amount as it was sent; where there is none, what the items add up to. */
function amountOf(params: PlainObject, currency: string | undefined): { amount?: string; currency?: string } {
  const items = listOf(params['items']).map(objectOf)
  return priced(
    firstAmount([params['value']]) ?? sumOf(items.map(({ price, quantity }) => [price, quantity])),
    currency,
  )
}

function personOf(body: PlainObject, { contract }: Ga4Settings): Draft['user'] {
  const data = objectOf(body['user_data'])
  const address = objectOf(listOf(data['address'])[0] ?? data['address'])
  const location = objectOf(body['user_location'])
  return userOf(
    {
      email: Array.isArray(data['sha256_email_address'])
        ? data['sha256_email_address']
        : [data['sha256_email_address']],
      externalId: [body['user_id'], body['client_id']],
      country: firstText(address['country'], location['country_id']),
      city: firstText(address['city'], location['city']),
      region: firstText(address['region'], location['region_id']),
      postalCode: address['postal_code'],
      ipAddress: body['ip_override'],
      userAgent: body['user_agent'],
    },
    contract,
  )
}

function itemsOf(params: PlainObject, currency: string | undefined): FriendlyItem[] {
  return itemsFrom(params['items'], ({ item_id, item_name, quantity, price }) => ({
    id: { item_id },
    name: { item_name },
    quantity,
    price,
    currency,
  }))
}
