import { FRIENDLY_USER } from './friendly-user.ts'
import type { Issue } from './issue.ts'

/** Friendly key → wire key, for the keys whose value passes as it is or has a converter in `friendly.ts`. */
export const EVENT_KEYS: ReadonlyMap<string, string> = new Map([
  ['id', 'id'],
  ['type', 'type'],
  ['timestamp', 'timestamp_ms'],
  ['customEventName', 'custom_event_name'],
  ['actionSource', 'action_source'],
  ['sourceUrl', 'source_url'],
  ['oppref', 'oppref'],
  ['user', 'user'],
  ['optOut', 'opt_out'],
  ['data', 'data'],
])
export const DATA_KEYS: ReadonlyMap<string, string> = new Map([
  ['type', 'type'],
  ['amount', 'amount'],
  ['currency', 'currency'],
  ['planId', 'plan_id'],
  ['contents', 'contents'],
])
export const ITEM_KEYS: ReadonlyMap<string, string> = new Map([
  ['id', 'id'],
  ['name', 'name'],
  ['contentType', 'content_type'],
  ['quantity', 'quantity'],
  ['amount', 'amount'],
  ['currency', 'currency'],
  ['groupId', 'group_id'],
  ['variantDict', 'variant_dict'],
])

type Names = ReadonlyMap<string, string>
const reversed = (keys: Names): Names => new Map([...keys].map(([friendly, wire]) => [wire, friendly]))

const USER_NAMES: Names = new Map(
  [...FRIENDLY_USER].flatMap(([friendly, { wire }]) =>
    Object.values(wire).map((wireKey): [string, string] => [wireKey, friendly]),
  ),
)

/** Where a key of ours stands in a path → what the friendly form calls it; the keys below are the writer's own. */
const PLACES: readonly (readonly [RegExp, Names])[] = [
  [/^(data\.contents\[\d+\]\.)(\w+)/, reversed(ITEM_KEYS)],
  [/^(data\.)(\w+)/, reversed(DATA_KEYS)],
  [/^(user\.)(\w+)/, USER_NAMES],
  [/^()(\w+)/, reversed(EVENT_KEYS)],
]

/** The path of a wire field as the writer of a friendly event knows it. */
export function friendlyPath(wirePath: string): string {
  for (const [place, names] of PLACES) {
    const found = place.exec(wirePath)
    if (found === null) continue
    const [whole, prefix, key] = found as unknown as [string, string, string]
    return prefix + (names.get(key) ?? key) + wirePath.slice(whole.length)
  }
  return wirePath
}

const NAMES_IN_TEXT: Names = reversed(new Map([...EVENT_KEYS, ...DATA_KEYS, ...ITEM_KEYS]))

function friendlyText(text: string): string {
  return text.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (word) => NAMES_IN_TEXT.get(word) ?? word)
}

/** An issue of a wire event as the writer of the friendly event knows it. */
export function inFriendlyWords(issue: Issue): Issue {
  const { hint } = issue
  return {
    ...issue,
    path: friendlyPath(issue.path),
    message: friendlyText(issue.message),
    ...(hint === undefined ? {} : { hint: friendlyText(hint) }),
  }
}
