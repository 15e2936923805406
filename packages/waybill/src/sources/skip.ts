/** Why a call makes no event: code → what it says of the call. The list is closed. */
export const SKIPS = {
  no_conversion: 'This call stands for no conversion.',
  test_order: 'It is a test and no order.',
  unpaid: 'It is not paid.',
  cancelled: 'It was cancelled.',
  refunded: 'It was paid back.',
  renewal: 'It continues a subscription; only its start is a conversion.',
  counted_before: 'It became a conversion earlier.',
  too_old: 'It became a conversion more than 7 days ago; the API takes it no more.',
  thin_event: 'It names an object and does not hold it.',
  undecided: 'Nothing was due: it may be a trial or a free plan, and another call says which.',
  guest: 'The customer has no account.',
  opted_out: 'The person, or the sender for them, does not want it sent on.',
  condition: 'It does not meet the condition of the mapping.',
  malformed: 'It does not hold what an event needs.',
} as const

export type SkipCode = keyof typeof SKIPS

/** What a mapping can make a conversion of all the same: here the source only guesses what the operator counts. */
export const LIFTED_BY_MAPPING: ReadonlySet<SkipCode> = new Set(['no_conversion', 'renewal', 'undecided', 'guest'])

/** A call, or one message of it, that makes no event. Holds no personal value. */
export interface Skip {
  /** Why there is no event. */
  readonly code: SkipCode
  /** One sentence or two: what was found, and where there is something to do, what. */
  readonly message: string
  /** Which message of the call, from 0. */
  readonly index: number
  /** Where in the payload something is missing or wrong; with `malformed`. */
  readonly path?: string
  /** The business key, such as the order's id, where there is one. */
  readonly ref?: string
}

/** What a skip says beside its code. */
export interface SkipDetails {
  readonly message?: string | undefined
  readonly path?: string | undefined
  readonly ref?: string | undefined
}

/** A skip of the first message; whoever reads several gives the index. */
export function skip(code: SkipCode, { message = SKIPS[code], path, ref }: SkipDetails = {}): Skip {
  return { code, message, index: 0, ...(path === undefined ? {} : { path }), ...(ref === undefined ? {} : { ref }) }
}

/** The skip of a payload that lacks what an event cannot do without. */
export function malformed(path: string, ref?: string): Skip {
  const what = path === '' ? 'The payload is no JSON object.' : `${path} is missing or has no value that can be used.`
  return skip('malformed', { message: what, path, ref })
}
