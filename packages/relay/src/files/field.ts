/** How the text of a cell is read. `exact` is kept to the last space; an `id` must not be what a spreadsheet made of one. */
export type CellKind = 'text' | 'exact' | 'id' | 'timestamp' | 'decimal' | 'minorUnits' | 'quantity' | 'flag'

export type EventPart = 'event' | 'user' | 'data' | 'item'

/** A place in the friendly event that a column can fill. */
export interface Field {
  /** As documented: a friendly column name, or a dotted wire name. */
  readonly name: string
  readonly kind: CellKind
  readonly part: EventPart
  readonly key: string
  /** Which item, or which value of a list in `user`; 0 for the first or only one. */
  readonly index: number
  /** The rest of a dotted name below `key`: an item's variants, free keys of `data`. */
  readonly below: readonly string[]
}

type Line = readonly [name: string, part: EventPart, key: string, kind: CellKind, ...otherNames: string[]]

const LINES: readonly Line[] = [
  ['id', 'event', 'id', 'id'],
  ['type', 'event', 'type', 'text'],
  ['custom_event_name', 'event', 'customEventName', 'text'],
  ['timestamp', 'event', 'timestamp', 'timestamp', 'timestamp_ms'],
  ['action_source', 'event', 'actionSource', 'text'],
  ['source_url', 'event', 'sourceUrl', 'text'],
  ['oppref', 'event', 'oppref', 'exact'],
  ['opt_out', 'event', 'optOut', 'flag'],
  ['email', 'user', 'email', 'text', 'email_sha256', 'emails_sha256', 'emails'],
  ['external_id', 'user', 'externalId', 'text', 'external_id_sha256', 'external_ids_sha256', 'external_ids'],
  ['phone', 'user', 'phone', 'text', 'phone_number', 'phone_numbers_sha256', 'phone_numbers'],
  ['first_name', 'user', 'firstName', 'text', 'first_names_sha256', 'first_names'],
  ['last_name', 'user', 'lastName', 'text', 'last_names_sha256', 'last_names'],
  ['country', 'user', 'country', 'text', 'countries'],
  ['city', 'user', 'city', 'text', 'cities'],
  ['region', 'user', 'region', 'text', 'regions'],
  ['zip_code', 'user', 'postalCode', 'text', 'postal_code', 'postal_codes'],
  ['ip_address', 'user', 'ipAddress', 'text'],
  ['user_agent', 'user', 'userAgent', 'text'],
  ['obref', 'user', 'obref', 'text'],
  ['android_advertising_id', 'user', 'androidAdvertisingId', 'text'],
  ['amount', 'data', 'amount', 'decimal'],
  ['data.amount', 'data', 'amount', 'minorUnits'],
  ['currency', 'data', 'currency', 'text', 'data.currency'],
  ['plan_id', 'data', 'planId', 'text', 'data.plan_id', 'data.planid'],
  ['data.type', 'data', 'type', 'text'],
  ['item_id', 'item', 'id', 'text'],
  ['item_name', 'item', 'name', 'text'],
  ['item_amount', 'item', 'amount', 'decimal'],
  ['item_currency', 'item', 'currency', 'text'],
  ['content_type', 'item', 'contentType', 'text', 'item_content_type'],
  ['quantity', 'item', 'quantity', 'quantity', 'item_quantity'],
  ['item_group_id', 'item', 'groupId', 'text'],
]

const ITEM_KEYS: Readonly<Record<string, readonly [key: string, kind: CellKind]>> = {
  id: ['id', 'text'],
  name: ['name', 'text'],
  amount: ['amount', 'minorUnits'],
  currency: ['currency', 'text'],
  content_type: ['contentType', 'text'],
  contenttype: ['contentType', 'text'],
  quantity: ['quantity', 'quantity'],
  group_id: ['groupId', 'text'],
  groupid: ['groupId', 'text'],
}

const ITEM_NAME = /^(?:data\.)?contents\.(\d{1,3})\.([^.]+)$/
const VARIANT_NAME = /^(?:data\.)?contents\.(\d{1,3})\.(?:variant_dict|variantdict)\.(.+)$/i
const USER_NAME = /^(?:user\.)?([^.]+)\.(\d{1,2})$/
const FREE_DATA_NAME = /^data\.(.+)$/i
const FORBIDDEN_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype', '']

const byName: ReadonlyMap<string, Field> = new Map(LINES.flatMap(entriesOf))

/** The friendly names and the wire names without an index, for suggestions. */
export const FIELD_NAMES: readonly string[] = [...byName.keys()]

/** The field of exactly this name, in any case; `undefined` for other spellings. Free keys of `data` keep their case. */
export function findField(name: string): Field | undefined {
  const lower = name.toLowerCase()
  return byName.get(lower) ?? itemField(lower) ?? userListField(lower) ?? variantField(name) ?? freeDataField(name)
}

/** Two fields with one slot fill the same place, so only one column can have it. */
export function slotOf(field: Field): string {
  return [field.part, field.key, field.index, ...field.below].join('.')
}

function entriesOf([name, part, key, kind, ...others]: Line): [string, Field][] {
  const field: Field = { name, kind, part, key, index: 0, below: [] }
  const names = [name, key.toLowerCase(), ...others]
  const usable = part === 'item' || name.includes('.') ? [name, ...others] : names
  const dotted = part === 'user' ? usable.map((other) => `user.${other}`) : []
  return [...usable, ...dotted].map((each) => [each, field])
}

function itemField(name: string): Field | undefined {
  const [, index, wireKey = ''] = ITEM_NAME.exec(name) ?? []
  const known = Object.hasOwn(ITEM_KEYS, wireKey) ? ITEM_KEYS[wireKey] : undefined
  if (known === undefined) return undefined
  return {
    name: `contents.${index}.${wireKey}`,
    part: 'item',
    key: known[0],
    kind: known[1],
    index: Number(index),
    below: [],
  }
}

function variantField(name: string): Field | undefined {
  const [, index, variant = ''] = VARIANT_NAME.exec(name) ?? []
  if (FORBIDDEN_KEYS.includes(variant)) return undefined
  return { name, part: 'item', key: 'variantDict', kind: 'text', index: Number(index), below: [variant] }
}

function userListField(name: string): Field | undefined {
  const [, list = '', index] = USER_NAME.exec(name) ?? []
  const field = byName.get(list)
  if (field?.part !== 'user') return undefined
  return index === '0' ? field : { ...field, name: `user.${list}.${index}`, index: Number(index) }
}

/** Any other name below `data` is a free key of a custom event; whether the event may have it is for its check to say. */
function freeDataField(name: string): Field | undefined {
  const path = FREE_DATA_NAME.exec(name)?.[1]?.split('.') ?? []
  if (path.length === 0 || path.some((key) => FORBIDDEN_KEYS.includes(key)) || path[0] === 'contents') return undefined
  return { name, part: 'data', key: path[0]!, kind: 'text', index: 0, below: path.slice(1) }
}
