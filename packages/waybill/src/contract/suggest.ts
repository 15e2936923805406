/** Names from older documentation and from other vendors' APIs → the key that was meant (specification, section 9). */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  event_id: 'id',
  transaction_id: 'id',
  event_name: 'type',
  event: 'type',
  event_type: 'type',
  event_time: 'timestamp_ms',
  time: 'timestamp_ms',
  timestamp: 'timestamp_ms',
  event_timestamp_ms: 'timestamp_ms',
  event_source_url: 'source_url',
  page_url: 'source_url',
  url: 'source_url',
  event_data: 'data',
  custom_data: 'data',
  properties: 'data',
  user_data: 'user',
  event_source: 'action_source',
  value: 'amount',
  total: 'amount',
  revenue: 'amount',
  price: 'amount',
  unit_price: 'amount',
  items: 'contents',
  products: 'contents',
  content_id: 'id',
  product_id: 'id',
  sku: 'id',
  item_id: 'id',
  content_name: 'name',
  item_name: 'name',
  click_id: 'oppref',
  page_location: 'source_url',
  postal_code: 'zip_code',
  zip: 'zip_code',
  ip: 'ip_address',
  client_ip_address: 'ip_address',
  client_user_agent: 'user_agent',
}

/** A key without what spellings differ in: lower case, letters and digits alone. */
export const bare = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '')

/** A handful of keys is known, and a stranger's event can bring any number of unknown ones to compare with each. */
const bareKnown: Map<string, string> = new Map()
function bareOf(known: string): string {
  const found = bareKnown.get(known)
  if (found !== undefined) return found
  const made = bare(known)
  bareKnown.set(known, made)
  return made
}

const BARE_OTHER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(OTHER_NAMES).map(([other, key]) => [bare(other), key]),
)

/** The known key that an unknown one was probably meant to be; `undefined` when nothing is near. */
export function nearestKey(unknown: string, known: Iterable<string>): string | undefined {
  const candidates = [...known]
  const wanted = bare(unknown)
  const sameLetters = candidates.find((key) => bareOf(key) === wanted)
  if (sameLetters !== undefined) return sameLetters
  const meant = BARE_OTHER_NAMES.get(wanted)
  const isMeant = (key: string): boolean =>
    bareOf(key) === bare(meant ?? '') || (meant === 'timestamp_ms' && key === 'timestamp')
  const translated = meant && candidates.find(isMeant)
  if (translated) return translated
  const reach = Math.min(2, Math.floor(wanted.length / 3))
  return candidates.find((key) => editDistance(bareOf(key), wanted, reach) <= reach)
}

/** The hint for a key that was probably meant, where one was found. */
export function didYouMean(key: string | undefined): string | undefined {
  return key && `Did you mean "${key}"?`
}

/**
 * The path of the known key that an unknown one was probably meant to be. `places` are looked through in order; each has the
 * prefix of its paths and its keys.
 */
export function nearestPath(unknown: string, places: Readonly<Record<string, Iterable<string>>>): string | undefined {
  for (const [prefix, keys] of Object.entries(places)) {
    const near = nearestKey(unknown, keys)
    if (near !== undefined) return prefix + near
  }
  return undefined
}

function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1
  let above = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const substitution = above[column - 1]! + (left[row - 1] === right[column - 1] ? 0 : 1)
      current.push(Math.min(substitution, above[column]! + 1, current[column - 1]! + 1))
    }
    above = current
  }
  return above[right.length]!
}
