/** What can be matched with. */
export type SignalKey =
  | 'email'
  | 'externalId'
  | 'phone'
  | 'clickReference'
  | 'name'
  | 'place'
  | 'ipAddress'
  | 'userAgent'
  | 'sourceUrl'
  | 'contents'

/** What can be matched with → the keys of an event that hold it, in either generation of the contract. */
export const SIGNALS: Readonly<Record<SignalKey, readonly string[]>> = {
  email: ['email_sha256', 'emails_sha256'],
  externalId: ['external_id_sha256', 'external_ids_sha256'],
  phone: ['phone_numbers_sha256'],
  clickReference: ['oppref', 'obref'],
  name: ['first_names_sha256', 'last_names_sha256'],
  place: ['city', 'cities', 'zip_code', 'postal_codes', 'regions', 'country', 'countries'],
  ipAddress: ['ip_address'],
  userAgent: ['user_agent'],
  sourceUrl: ['source_url'],
  contents: ['contents'],
}

export interface WarningFacts {
  readonly percents: Readonly<Record<string, number | null>>
  readonly latePercent: number | null
  /** Different event names. */
  readonly names: number
  readonly events: number
}

export interface Warning {
  readonly number: number
  readonly shown: boolean
  readonly level: 'ok' | 'low' | 'unknown'
  readonly percent: number | null
  readonly events: number | null
}

/** Below these percents we call it low. The vendor names no numbers: these are ours. */
const FEW_IDENTITIES = 50
const FEW_CLICKS = 30
const FEW_FURTHER = 50
const MANY_LATE = 10
const FEW_NAMES = 2
const FEW_EVENTS = 20

/** The vendor's nine warnings. Of 4, 5 and 9 only Ads Manager knows. */
export function warningsOf({ percents, latePercent, names, events }: WarningFacts): Warning[] {
  const most = (...keys: SignalKey[]): number | null => {
    const known = keys.flatMap((key) => percents[key] ?? [])
    return known.length === 0 ? null : Math.max(...known)
  }
  return [
    share(1, most('email', 'externalId'), (percent) => percent < FEW_IDENTITIES),
    share(2, most('clickReference'), (percent) => percent < FEW_CLICKS),
    share(3, latePercent, (percent) => percent > MANY_LATE),
    hidden(4),
    hidden(5),
    share(6, most('phone', 'name', 'place', 'ipAddress', 'userAgent'), (percent) => percent < FEW_FURTHER),
    { number: 7, shown: true, level: levelOf(events, names < FEW_NAMES), percent: null, events: names },
    { number: 8, shown: true, level: levelOf(events, events < FEW_EVENTS), percent: null, events },
    hidden(9),
  ]
}

function share(number: number, percent: number | null, isLow: (percent: number) => boolean): Warning {
  const level = percent === null ? 'unknown' : isLow(percent) ? 'low' : 'ok'
  return { number, shown: true, level, percent, events: null }
}

function levelOf(events: number, isLow: boolean): Warning['level'] {
  if (isLow) return 'low'
  return events === 0 ? 'unknown' : 'ok'
}

function hidden(number: number): Warning {
  return { number, shown: false, level: 'unknown', percent: null, events: null }
}
