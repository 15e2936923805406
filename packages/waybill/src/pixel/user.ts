import type { WireUser } from '../contract/event.ts'
import { PixelError } from './errors.ts'

/** What `oaiq("init", …)` takes of a visitor: the newest keys, each with one value (specification, section 7). */
export interface PixelUser {
  /** SHA-256 of the trimmed lowercase email address. */
  readonly email_sha256?: string
  /** SHA-256 of the digits with the country code. */
  readonly phone_number_sha256?: string
  /** SHA-256 of your trimmed id of the customer. */
  readonly external_id_sha256?: string
  /** SHA-256 of the first name. */
  readonly first_name_sha256?: string
  /** SHA-256 of the last name. */
  readonly last_name_sha256?: string
  /** ISO 3166-1 alpha-2. Example: `'US'`. */
  readonly country?: string
  /** City in clear. */
  readonly city?: string
  /** State or region in clear. */
  readonly region?: string
  /** Postal code in clear. */
  readonly postal_code?: string
}

type UserKey = keyof PixelUser

/** The pixel's key → what else the server calls it, in either generation. */
const SERVER_NAMES: Readonly<Record<UserKey, readonly string[]>> = {
  email_sha256: ['emails_sha256'],
  phone_number_sha256: ['phone_numbers_sha256'],
  external_id_sha256: ['external_ids_sha256'],
  first_name_sha256: ['first_names_sha256'],
  last_name_sha256: ['last_names_sha256'],
  country: ['countries'],
  city: ['cities'],
  region: ['regions'],
  postal_code: ['postal_codes', 'zip_code'],
}
const PIXEL_KEYS: ReadonlyMap<string, UserKey> = new Map(
  Object.entries(SERVER_NAMES).flatMap(([key, names]) =>
    [key, ...names].map((name) => [name, key as UserKey] as const),
  ),
)

/** Fields of the server's `user` that a browser tells by itself, or for which the specification names no key of the pixel. */
const SERVER_ONLY: ReadonlySet<string> = new Set(['ip_address', 'user_agent', 'obref', 'android_advertising_id'])

const SHA256 = /^[0-9a-f]{64}$/

/**
 * The server's `user` in, the pixel's out: singular keys, of a list the first value. Throws a {@link PixelError} for a key that is
 * none of the server's, and for an identity that is not hashed: a page must not show it.
 */
export function pixelUser(user: WireUser): PixelUser {
  const sent: Partial<Record<UserKey, string>> = {}
  for (const [key, value] of Object.entries(user ?? {})) {
    const target = PIXEL_KEYS.get(key)
    if (target === undefined && !SERVER_ONLY.has(key)) refuse(key, 'is no field of user')
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (target === undefined || first === undefined) continue
    if (typeof first !== 'string') return refuse(key, 'is not text')
    if (target.endsWith('_sha256') && !SHA256.test(first)) refuse(key, 'is not 64 lowercase hex digits')
    sent[target] ??= first
  }
  return sent
}

function refuse(key: string, why: string): never {
  const name = /^\w{1,40}$/.test(key) ? `user.${key}` : 'A key of user'
  throw new PixelError('unsendable_user', `${name} ${why}; it was not written into the page.`, {
    hint: 'Pass the user of the conversion, serverEvent.user, whose identities are hashed.',
  })
}
