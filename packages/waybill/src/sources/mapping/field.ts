/** How a value is read. `texts` may be a list; `exact` is kept to the last space; `json` is any value. */
export type FieldKind =
  | 'text'
  | 'texts'
  | 'exact'
  | 'timestamp'
  | 'decimal'
  | 'minorUnits'
  | 'currency'
  | 'flag'
  | 'json'
export type FieldPart = 'event' | 'user' | 'data'

/** A place in the friendly event that a mapping can fill. */
export interface Field {
  readonly part: FieldPart
  readonly key: string
  readonly kind: FieldKind
}

type Line = readonly [part: FieldPart, key: string, kind: FieldKind, ...names: string[]]

/** The names are those of files (docs/files.md); `_` and case make no difference. */
const LINES: readonly Line[] = [
  ['event', 'id', 'text', 'id'],
  ['event', 'type', 'text', 'type'],
  ['event', 'customEventName', 'text', 'custom_event_name'],
  ['event', 'timestamp', 'timestamp', 'timestamp', 'timestamp_ms'],
  ['event', 'actionSource', 'text', 'action_source'],
  ['event', 'sourceUrl', 'text', 'source_url'],
  ['event', 'oppref', 'exact', 'oppref'],
  ['event', 'optOut', 'flag', 'opt_out'],
  ['user', 'email', 'texts', 'email', 'email_sha256', 'emails', 'emails_sha256'],
  ['user', 'externalId', 'texts', 'external_id', 'external_id_sha256', 'external_ids', 'external_ids_sha256'],
  ['user', 'phone', 'texts', 'phone', 'phone_number', 'phone_numbers_sha256'],
  ['user', 'firstName', 'texts', 'first_name', 'first_names_sha256'],
  ['user', 'lastName', 'texts', 'last_name', 'last_names_sha256'],
  ['user', 'country', 'texts', 'country'],
  ['user', 'city', 'texts', 'city'],
  ['user', 'region', 'texts', 'region'],
  ['user', 'postalCode', 'texts', 'zip_code', 'postal_code'],
  ['user', 'ipAddress', 'texts', 'ip_address'],
  ['user', 'userAgent', 'texts', 'user_agent'],
  ['user', 'obref', 'exact', 'obref'],
  ['user', 'androidAdvertisingId', 'texts', 'android_advertising_id'],
  ['data', 'amount', 'decimal', 'amount'],
  ['data', 'amount', 'minorUnits', 'data.amount'],
  ['data', 'currency', 'currency', 'currency', 'data.currency'],
  ['data', 'planId', 'text', 'plan_id', 'data.plan_id'],
]

const plainName = (name: string): string => name.replaceAll('_', '').toLowerCase()

const FIELDS: ReadonlyMap<string, Field> = new Map(
  LINES.flatMap(([part, key, kind, ...names]) =>
    names.flatMap((name): [string, Field][] => {
      const field = { part, key, kind }
      return [name, ...(part === 'user' ? [`user.${name}`] : [])].map((each) => [plainName(each), field])
    }),
  ),
)

/** For suggestions. */
export const FIELD_NAMES: readonly string[] = LINES.flatMap(([, , , ...names]) => names)

/** Keys of an item, and how each is read. */
export const ITEM_FIELDS: ReadonlyMap<string, string> = new Map(
  ['id', 'name', 'content_type', 'quantity', 'amount', 'currency', 'group_id'].map((name) => [
    plainName(name),
    name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
  ]),
)

/** The field of this name; any other name below `data.` is a free key of a custom event, which keeps its case. */
export function findField(name: string): Field | undefined {
  const field = FIELDS.get(plainName(name))
  if (field !== undefined) return field
  const free = /^data\.([^.]+)$/.exec(name)?.[1]
  return free === undefined || FORBIDDEN.has(free) ? undefined : { part: 'data', key: free, kind: 'json' }
}

const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype', 'contents', 'type'])

/** The key of a friendly item that this name means. */
export function findItemKey(name: string): string | undefined {
  return ITEM_FIELDS.get(plainName(name))
}
