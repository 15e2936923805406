import type { ContractSetting } from './names.ts'

/** One value, or several of one person. */
export type OneOrMany = string | readonly string[]

/** Identity that either contract carries. */
export interface FriendlyUser06 {
  /** Email address, raw or its SHA-256; trimmed, in lower case, hashed. Example: `'User@Example.com '`. From the API. */
  email?: OneOrMany | null | undefined
  /** Your id of the customer, raw or its SHA-256; trimmed, case kept, hashed. Example: `'customer_12345'`. From the API. */
  externalId?: OneOrMany | null | undefined
  /** ISO 3166-1 alpha-2, sent in upper case. Example: `'US'`. From the API. */
  country?: OneOrMany | null | undefined
  /** City, sent as it is; at most 128 characters. Example: `'Berlin'`. From the API. */
  city?: OneOrMany | null | undefined
  /** Postal code, sent as it is: at most 32 letters, digits, spaces, hyphens. Example: `'10115'`. From the API (`zip_code`). */
  postalCode?: OneOrMany | null | undefined
  /** The visitor's IPv4 or IPv6 address, sent as it is. Example: `'203.0.113.7'`. From the API. */
  ipAddress?: string | null | undefined
  /** The visitor's `User-Agent` header, sent as it is. Example: `request.headers['user-agent']`. From the API. */
  userAgent?: string | null | undefined
  /** The pixel's browser reference, from the cookie `__obref`, sent as it is. Example: `cookies.__obref`. From the API. */
  obref?: string | null | undefined
}

/** Identity that contract 2026-11 carries: all of 2026-06, and more. Of a list the API reads the first 3 values. */
export interface FriendlyUser11 extends FriendlyUser06 {
  /** Phone number with the country code, raw or its SHA-256. Example: `'+1 415 555 2671'`. Contract 2026-11 only; from the API. */
  phone?: OneOrMany | null | undefined
  /** First name, raw or its SHA-256. Example: `'Ada'`. Contract 2026-11 only; from the API. */
  firstName?: OneOrMany | null | undefined
  /** Last name, raw or its SHA-256. Example: `'Lovelace'`. Contract 2026-11 only; from the API. */
  lastName?: OneOrMany | null | undefined
  /** State or region, sent as it is; at most 128 characters. Example: `'Bavaria'`. Contract 2026-11 only; from the API. */
  region?: OneOrMany | null | undefined
  /** The advertising id of an Android device, sent as it is. Example: `device.gaid`. Contract 2026-11 only; from the API. */
  androidAdvertisingId?: string | null | undefined
}

/**
 * Identity as a program has it: raw or already hashed. Which keys there are follows from the contract; of a list the contract 2026-06 takes
 * the first valid value.
 */
export type FriendlyUser<C extends ContractSetting = ContractSetting> = [C] extends ['2026-06']
  ? FriendlyUser06
  : FriendlyUser11
