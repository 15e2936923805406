import { FIELD_TABLE, type FieldKind, type FieldPart, itemKey, type TableField } from 'waybill/sources'

/** A place in the friendly event that a column can fill. */
export interface Field {
  /** As documented: a friendly column name, or a dotted wire name. */
  readonly name: string
  readonly kind: FieldKind
  readonly part: FieldPart
  readonly key: string
  /** Which item, or which value of a list in `user`; 0 for the first or only one. */
  readonly index: number
  /** The rest of a dotted name below `key`: an item's variants, free keys of `data`. */
  readonly below: readonly string[]
}

/** What items are called by on the wire: there an amount is in minor units. */
const ITEM_KEYS: ReadonlyMap<string, readonly [key: string, kind: FieldKind]> = new Map(
  FIELD_TABLE.filter(({ part }) => part === 'item').flatMap((field) => {
    const kind = field.kind === 'decimal' ? 'minorUnits' : field.kind
    return withPlain([itemKey(field)]).map((name) => [name, [field.key, kind]] as const)
  }),
)

const ITEM_NAME = /^(?:data\.)?contents\.(\d{1,3})\.([^.]+)$/
const VARIANT_NAME = /^(?:data\.)?contents\.(\d{1,3})\.(?:variant_dict|variantdict)\.(.+)$/i
const USER_NAME = /^(?:user\.)?([^.]+)\.(\d{1,2})$/
const FREE_DATA_NAME = /^data\.(.+)$/i
const FORBIDDEN_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype', '']

const byName: ReadonlyMap<string, Field> = new Map(FIELD_TABLE.flatMap(entriesOf))

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

function entriesOf({ name, part, key, kind, others }: TableField): [string, Field][] {
  const field: Field = { name, kind, part, key, index: 0, below: [] }
  const own = part === 'item' || name.includes('.') ? [] : [key.toLowerCase()]
  const names = [...new Set([name, ...own, ...withPlain(others)])]
  const dotted = part === 'user' ? names.map((other) => `user.${other}`) : []
  return [...names, ...dotted].map((each) => [each, field])
}

/** Names as they are, and without `_`, as in the friendly form. */
function withPlain(names: readonly string[]): string[] {
  return names.flatMap((name) => [name, name.replaceAll('_', '')])
}

function itemField(name: string): Field | undefined {
  const [, index, wireKey = ''] = ITEM_NAME.exec(name) ?? []
  const known = ITEM_KEYS.get(wireKey)
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

/** Of steps that each fill a field, the one that gives the id of an event. */
export function idStep<Step extends { readonly field: Field }>(steps: readonly Step[]): Step | undefined {
  return steps.find(({ field }) => field.part === 'event' && field.key === 'id')
}
