import { EMAIL_HASH, ID_HASH, type WarnCase } from './sample.cases.ts'

const HASH_3 = '758fbf68945f21c416814c539ab578876c8d98fb69e6da692def92cd52417fe0'

const translated = (key: string): string => `identity_translated at user.${key}`
const firstOnly = (key: string): string => `too_many_values at user.${key}`

/** `user` in the keys of one generation, or of both, and what is sent under the other. */
interface Translation {
  readonly rule: string
  readonly contract: '2026-06' | '2026-11'
  readonly user: Readonly<Record<string, unknown>>
  readonly sent: Readonly<Record<string, unknown>>
  readonly warnings: readonly string[]
}

const TRANSLATIONS: readonly Translation[] = [
  {
    rule: 'lists of one are sent as one value',
    contract: '2026-06',
    user: {
      emails_sha256: [EMAIL_HASH],
      external_ids_sha256: [ID_HASH],
      countries: ['US'],
      cities: ['Tucson'],
      postal_codes: ['85701'],
      ip_address: '203.0.113.1',
      user_agent: 'Mozilla/5.0',
      obref: 'obref_1',
    },
    sent: {
      ip_address: '203.0.113.1',
      user_agent: 'Mozilla/5.0',
      obref: 'obref_1',
      email_sha256: EMAIL_HASH,
      external_id_sha256: ID_HASH,
      country: 'US',
      city: 'Tucson',
      zip_code: '85701',
    },
    warnings: ['emails_sha256', 'external_ids_sha256', 'countries', 'cities', 'postal_codes'].map(translated),
  },
  {
    rule: 'one value is sent as a list of one',
    contract: '2026-11',
    user: {
      email_sha256: EMAIL_HASH,
      external_id_sha256: ID_HASH,
      country: 'US',
      city: 'Tucson',
      zip_code: '85701',
      obref: 'obref_1',
    },
    sent: {
      obref: 'obref_1',
      emails_sha256: [EMAIL_HASH],
      external_ids_sha256: [ID_HASH],
      countries: ['US'],
      cities: ['Tucson'],
      postal_codes: ['85701'],
    },
    warnings: ['email_sha256', 'external_id_sha256', 'country', 'city', 'zip_code'].map(translated),
  },
  {
    rule: 'of several values the first valid one is kept, and what is wrong with the others costs nothing',
    contract: '2026-06',
    user: { emails_sha256: ['x', 'null', ID_HASH, EMAIL_HASH], countries: ['UK', 'us'] },
    sent: { email_sha256: ID_HASH, country: 'US' },
    warnings: [
      'invalid_list_value at user.emails_sha256[0]',
      'means_nothing at user.emails_sha256[1]',
      translated('emails_sha256'),
      firstOnly('emails_sha256'),
      'invalid_list_value at user.countries[0]',
      'country_uppercased at user.countries[1]',
      translated('countries'),
    ],
  },
  {
    rule: 'a list under a singular key is one value',
    contract: '2026-06',
    user: { email_sha256: [EMAIL_HASH], city: ['Tucson', 'Phoenix'] },
    sent: { email_sha256: EMAIL_HASH, city: 'Tucson' },
    warnings: [translated('email_sha256'), translated('city'), firstOnly('city')],
  },
  {
    rule: 'one value under a plural key is a list of one',
    contract: '2026-11',
    user: { emails_sha256: EMAIL_HASH, regions: 'Arizona' },
    sent: { emails_sha256: [EMAIL_HASH], regions: ['Arizona'] },
    warnings: [translated('emails_sha256'), translated('regions')],
  },
  {
    rule: 'keys of both are one list, without repeats',
    contract: '2026-11',
    user: { email_sha256: HASH_3, emails_sha256: [EMAIL_HASH, ID_HASH], country: 'US', countries: ['US'] },
    sent: { emails_sha256: [EMAIL_HASH, ID_HASH, HASH_3], countries: ['US'] },
    warnings: [translated('email_sha256'), translated('country')],
  },
  {
    rule: 'of keys of both the one of the contract counts',
    contract: '2026-06',
    user: { emails_sha256: [EMAIL_HASH], email_sha256: ID_HASH, countries: ['US'], country: 'US' },
    sent: { email_sha256: ID_HASH, country: 'US' },
    warnings: [translated('emails_sha256'), translated('countries'), firstOnly('emails_sha256')],
  },
  {
    rule: 'an empty list says nothing',
    contract: '2026-06',
    user: { emails_sha256: [], country: 'US' },
    sent: { country: 'US' },
    warnings: [translated('emails_sha256')],
  },
  {
    rule: "the pixel's keys say the same",
    contract: '2026-11',
    user: {
      phone_number_sha256: HASH_3,
      first_name_sha256: EMAIL_HASH,
      last_name_sha256: ID_HASH,
      region: 'AZ',
      postal_code: '85701',
    },
    sent: {
      phone_numbers_sha256: [HASH_3],
      first_names_sha256: [EMAIL_HASH],
      last_names_sha256: [ID_HASH],
      regions: ['AZ'],
      postal_codes: ['85701'],
    },
    warnings: ['phone_number_sha256', 'first_name_sha256', 'last_name_sha256', 'region', 'postal_code'].map(translated),
  },
  {
    rule: "the pixel's postal code is the zip code",
    contract: '2026-06',
    user: { postal_code: '85701' },
    sent: { zip_code: '85701' },
    warnings: [translated('postal_code')],
  },
]

/** Wire events in the keys of the other generation, which pass with warnings. */
export const TRANSLATED: readonly WarnCase[] = TRANSLATIONS.map(({ rule, contract, user, sent, warnings }) => ({
  rule: `${contract}: ${rule}`,
  contract,
  change: { user },
  sent: { user: sent },
  warnings,
}))
