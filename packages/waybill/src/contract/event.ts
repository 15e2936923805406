import type { ActionSource, DataShape, EventName } from './names.ts'

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

declare const FORM: unique symbol

/**
 * The base of every type that says which form its values have. It has no key of its own: it tells a value of a declared type from a literal,
 * whose keys the compiler looks at one by one.
 */
export interface EventForm {
  readonly [FORM]?: true | undefined
}

/** What follows values of type `E` in a call: options where `E` is a declared form of an event, nothing that can be written where not. */
export type WhenDeclared<E, Options> = typeof FORM extends keyof E ? [options?: Options] : [never, never, never]

/** One event exactly as the API reads it. The keys and their rules are those of the API's documentation. */
export interface WireEvent extends EventForm {
  /** The event's own id, not empty; with `type` the key by which the API counts it once. Example: `'order_12345'`. From the API. */
  id: string
  /** One of the API's 13 names. Example: `'order_created'`. */
  type: EventName
  /** Unix milliseconds of the action itself, never of the sending: at most 7 days back, 10 minutes ahead. Example: `1764500000000`. */
  timestamp_ms: number
  /** What happened, in the shape that `type` demands. */
  data: WireData
  /** With `type: 'custom'` only: 1 to 64 letters, digits, `_` and `-`. Example: `'quote_requested'`. */
  custom_event_name?: string
  /** Absolute http(s) URL; required where `action_source` is `web`. Example: `'https://shop.example.com/thanks'`. */
  source_url?: string
  /** Where the action took place. Example: `'web'`. */
  action_source?: ActionSource
  /** The click reference, exactly as it came with the landing page's address. */
  oppref?: string
  /** Whose action it was, hashed. */
  user?: WireUser
  /** `true`: the person does not want the event used for advertising. Default `false`. */
  opt_out?: boolean
}

/** What happened, as the API reads it. Closed shapes: only `custom` takes keys of your own. */
export interface WireData {
  /** The shape that the event's name demands. Example: `'contents'` for `order_created`. */
  type: DataShape
  /** Integer in the ISO 4217 minor unit: 2599 is USD 25.99, 8900 is JPY 8,900. */
  amount?: number
  /** ISO 4217 code; required with `amount`. Example: `'USD'`. */
  currency?: string
  /** The plan, for subscriptions, trials and custom events. Example: `'plan_pro'`. */
  plan_id?: string
  /** The items, in any order. */
  contents?: WireItem[]
  /** Free keys: custom events only. */
  [key: string]: unknown
}

/** One item of `contents`, as the API reads it. */
export interface WireItem {
  /** Your id of the item. Example: `'sku_123'`. */
  id?: string
  /** The item's name. Example: `'Starter bundle'`. */
  name?: string
  /** What kind of thing it is, not empty. Example: `'product'`. */
  content_type?: string
  /** How many, a whole number. Example: `2`. */
  quantity?: number
  /** Price of one, integer in the ISO 4217 minor unit. Example: `2599`. */
  amount?: number
  /** ISO 4217 code; default is that of `data`. Example: `'USD'`. */
  currency?: string
  /** The id of the group of variants. The server takes it, the pixel does not. Example: `'shirt_7'`. */
  group_id?: string
  /** What tells variants apart, text to text. The server takes it, the pixel does not. Example: `{ size: 'M' }`. */
  variant_dict?: Record<string, string>
}

/** Identity as it travels: SHA-256 as 64 lowercase hex digits, and the few fields that the API takes as they are. */
export interface WireUser {
  /** Contract 2026-06. SHA-256 of the trimmed lowercase email address. */
  email_sha256?: string
  /** Contract 2026-06. SHA-256 of your trimmed id of the customer; capital letters stay. */
  external_id_sha256?: string
  /** Contract 2026-06. ISO 3166-1 alpha-2. Example: `'US'`. */
  country?: string
  /** Contract 2026-06. At most 128 characters. Example: `'Berlin'`. */
  city?: string
  /** Contract 2026-06. At most 32 letters, digits, spaces, hyphens. Example: `'10115'`. */
  zip_code?: string
  /** Both contracts. IPv4 or IPv6 address of the visitor. Example: `'203.0.113.7'`. */
  ip_address?: string
  /** Both contracts. The visitor's `User-Agent` header. */
  user_agent?: string
  /** Contract 2026-11. As `email_sha256`; the API reads the first 3. */
  emails_sha256?: string[]
  /** Contract 2026-11. As `external_id_sha256`; the API reads the first 3. */
  external_ids_sha256?: string[]
  /** Contract 2026-11. SHA-256 of the digits with the country code. Example of the text hashed: `14155552671`. */
  phone_numbers_sha256?: string[]
  /** Contract 2026-11. SHA-256 of the lowercase first name without spaces and punctuation. */
  first_names_sha256?: string[]
  /** Contract 2026-11. SHA-256 of the lowercase last name without spaces and punctuation. */
  last_names_sha256?: string[]
  /** Contract 2026-11. ISO 3166-1 alpha-2. Example: `['US']`. */
  countries?: string[]
  /** Contract 2026-11. Example: `['berlin']`. */
  cities?: string[]
  /** Contract 2026-11. Example: `['bavaria']`. */
  regions?: string[]
  /** Contract 2026-11. Example: `['10115']`. */
  postal_codes?: string[]
  /** Both contracts. The pixel's browser reference, from the cookie `__obref`. */
  obref?: string
  /** Contract 2026-11. The advertising id of an Android device. */
  android_advertising_id?: string
}

/**
 * An event from outside, such as a line of a queue, of which the compiler knows nothing: `send` and `track` take it and judge it as
 * any other. `const event: JsonEvent = JSON.parse(line)`.
 */
export interface JsonEvent extends EventForm {
  readonly [key: string]: Json | undefined
}
