/** The events that the tables of cases change, and how a case says its change. */
import type { WireEvent } from './event.ts'
import type { Contract } from './names.ts'

/** A minute after the action of the documented example. */
export const NOW: number = 1_773_892_860_000

/** The full example event as the specification prints it, byte for byte. */
export const EXAMPLE_TEXT: string = `{
"id": "order_12345",
"type": "order_created",
"timestamp_ms": 1773892800000,
"oppref": "oppref_abc",
"source_url": "https://shop.example.com/checkout/confirmation",
"action_source": "web",
"user": {
"email_sha256": "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514",
"external_id_sha256": "73d83a078369bb4f0971b317aa7797a91cf5c0df1b62161c2e47d75c33ab5b6e",
"country": "US",
"city": "San Francisco",
"zip_code": "94107",
"ip_address": "203.0.113.1",
"user_agent": "Mozilla/5.0"
},
"data": {
"type": "contents",
"amount": 2599,
"currency": "USD",
"contents": [
{
"id": "sku_123",
"name": "Starter bundle",
"content_type": "product",
"quantity": 1
}
]
}
}`

export const EMAIL_HASH: string = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
export const ID_HASH: string = '73d83a078369bb4f0971b317aa7797a91cf5c0df1b62161c2e47d75c33ab5b6e'

export const exampleEvent = (): WireEvent => JSON.parse(EXAMPLE_TEXT) as WireEvent

/** The example in each generation; in the second, identity stands in lists. */
export function baseEvent(contract: Contract): WireEvent {
  const event = exampleEvent()
  if (contract === '2026-11') {
    event.user = {
      emails_sha256: [EMAIL_HASH],
      external_ids_sha256: [ID_HASH],
      phone_numbers_sha256: [ID_HASH],
      first_names_sha256: [ID_HASH],
      last_names_sha256: [ID_HASH],
      countries: ['US'],
      cities: ['San Francisco'],
      regions: ['California'],
      postal_codes: ['94107'],
      ip_address: '203.0.113.1',
      user_agent: 'Mozilla/5.0',
      obref: 'obref_abc',
      android_advertising_id: '38400000-8cf0-11bd-b23e-10b96e40000d',
    }
  }
  return event
}

/** Path such as `data.contents[0].amount` → the value to put there; `undefined` takes the key away. */
export type Change = Readonly<Record<string, unknown>>

/** A copy of `base` with the change made. */
export function changed(base: object, change: Change): unknown {
  const copy: unknown = structuredClone(base)
  for (const [path, value] of Object.entries(change)) put(copy, path.split(/[.[\]]+/).filter(Boolean), value)
  return copy
}

function put(target: unknown, path: readonly string[], value: unknown): void {
  const last = path.at(-1)!
  const holder = path.slice(0, -1).reduce((object, key) => (object as Record<string, unknown>)[key], target) as object
  if (value === undefined) delete (holder as Record<string, unknown>)[last]
  else
    Object.defineProperty(holder, last, {
      value: structuredClone(value),
      enumerable: true,
      writable: true,
      configurable: true,
    })
}

/** One row: a rule, and the change to the example that shows it. */
export interface Case {
  readonly rule: string
  readonly change: Change
  /** Default `'2026-06'`. */
  readonly contract?: Contract
}

/** `issues` are all of them, warnings included, each as `code at path`, in order. */
export interface RefuseCase extends Case {
  readonly issues: readonly string[]
}

/** `sent` is what differs in the event that goes out. */
export interface WarnCase extends Case {
  readonly warnings: readonly string[]
  readonly sent?: Change
}

/** Changes that make the example an event of another shape. */
export const CUSTOM: Change = {
  type: 'custom',
  custom_event_name: 'quote_requested',
  data: { type: 'custom', amount: 2599, currency: 'USD' },
}
export const LEAD: Change = { type: 'lead_created', data: { type: 'customer_action' } }
export const TRIAL: Change = { type: 'trial_started', data: { type: 'plan_enrollment', plan_id: 'plan_1' } }
export const INSTALL: Change = {
  type: 'app_installed',
  action_source: 'mobile_app',
  source_url: undefined,
  data: { type: 'customer_action' },
}
