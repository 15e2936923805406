import type { ActionSource, DataShape, EventName } from './names.ts'

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** One event exactly as the API reads it (specification, section 2). */
export interface WireEvent {
  id: string
  type: EventName
  /** Unix milliseconds of the action itself, never of the sending. */
  timestamp_ms: number
  data: WireData
  custom_event_name?: string
  source_url?: string
  action_source?: ActionSource
  oppref?: string
  user?: WireUser
  opt_out?: boolean
}

export interface WireData {
  type: DataShape
  /** Integer in the ISO 4217 minor unit: 2599 is USD 25.99, 8900 is JPY 8,900. */
  amount?: number
  currency?: string
  plan_id?: string
  contents?: WireItem[]
  /** Free keys: custom events only. */
  [key: string]: unknown
}

export interface WireItem {
  id?: string
  name?: string
  content_type?: string
  quantity?: number
  /** Unit price, integer minor units. */
  amount?: number
  currency?: string
  group_id?: string
  variant_dict?: Record<string, string>
}

/** Identity as it travels: digests, and the few fields the API takes raw (specification, section 5). */
export interface WireUser {
  email_sha256?: string
  external_id_sha256?: string
  country?: string
  city?: string
  zip_code?: string
  ip_address?: string
  user_agent?: string
  emails_sha256?: string[]
  external_ids_sha256?: string[]
  phone_numbers_sha256?: string[]
  first_names_sha256?: string[]
  last_names_sha256?: string[]
  countries?: string[]
  cities?: string[]
  regions?: string[]
  postal_codes?: string[]
  obref?: string
  android_advertising_id?: string
}

type OneOrMany = string | readonly string[]

/** Identity as a program has it: raw or already hashed. Of a list the contract 2026-06 takes the first valid value. */
export interface FriendlyUser {
  email?: OneOrMany | null | undefined
  externalId?: OneOrMany | null | undefined
  phone?: OneOrMany | null | undefined
  firstName?: OneOrMany | null | undefined
  lastName?: OneOrMany | null | undefined
  country?: OneOrMany | null | undefined
  city?: OneOrMany | null | undefined
  region?: OneOrMany | null | undefined
  postalCode?: OneOrMany | null | undefined
  ipAddress?: string | null | undefined
  userAgent?: string | null | undefined
  obref?: string | null | undefined
  androidAdvertisingId?: string | null | undefined
}

/** A decimal string (`'25.99'`, with a currency beside it) or what `money()` returns. */
export type FriendlyAmount = string | { amount: number; currency?: string }

export interface FriendlyItem {
  id?: string | null | undefined
  name?: string | null | undefined
  contentType?: string | null | undefined
  quantity?: number | null | undefined
  amount?: FriendlyAmount | null | undefined
  currency?: string | null | undefined
  groupId?: string | null | undefined
  variantDict?: Record<string, string> | null | undefined
}

export interface FriendlyData {
  type?: DataShape | undefined
  amount?: FriendlyAmount | null | undefined
  currency?: string | null | undefined
  planId?: string | null | undefined
  contents?: readonly FriendlyItem[] | null | undefined
  [key: string]: unknown
}

/** One event as a program writes it. `null` and `undefined` mean that the field is absent. */
export interface FriendlyEvent {
  id: string
  type: EventName
  /** When the action happened: a `Date`, ISO 8601 with an offset, or Unix milliseconds. */
  timestamp: Date | string | number
  customEventName?: string | null | undefined
  actionSource?: ActionSource | null | undefined
  sourceUrl?: string | null | undefined
  oppref?: string | null | undefined
  optOut?: boolean | null | undefined
  user?: FriendlyUser | null | undefined
  data?: FriendlyData | null | undefined
}

/** What every intake of Waybill takes: `timestamp_ms` marks the wire form, `timestamp` the friendly one. */
export type EventInput = WireEvent | FriendlyEvent
