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

/** Name here → other names for it, in lower case and without separators; turned round. */
export function otherNames(names: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(names).flatMap(([name, others]) => others.split(' ').map((other) => [other, name])))
}

/** Names from older documentation and from other vendors' APIs (specification, section 9). */
const OTHER_NAMES = otherNames({
  id: 'eventid transactionid contentid productid sku itemid',
  type: 'eventname event eventtype',
  timestamp_ms: 'eventtime time timestamp eventtimestampms',
  source_url: 'eventsourceurl pageurl url pagelocation',
  data: 'eventdata customdata properties',
  user: 'userdata',
  action_source: 'eventsource',
  amount: 'value total revenue price unitprice',
  contents: 'items products',
  name: 'contentname itemname',
  oppref: 'clickid',
  zip_code: 'postalcode zip',
  ip_address: 'ip clientipaddress',
  user_agent: 'clientuseragent',
})

/** The known key that an unknown one was probably meant to be; `undefined` when nothing is near. */
export function nearestKey(unknown: string, known: Iterable<string>): string | undefined {
  const candidates = [...known]
  const wanted = bare(unknown)
  const sameLetters = candidates.find((key) => bareOf(key) === wanted)
  if (sameLetters !== undefined) return sameLetters
  const meant = OTHER_NAMES.get(wanted)
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
